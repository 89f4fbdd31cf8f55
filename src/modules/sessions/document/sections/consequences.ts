/** What follows from taking an option: companions, servers, peers, pins, and the load it moves. */
import type { ResearchedOption } from '../../../research/research.types.js';
import type { DerivedQuantity } from '../../derivation/derivation.types.js';
import { counted, listed } from '../writing/text.js';
import { labelOf, requiredPeers, type ResearchedGap, type Writing } from '../writing/writing.js';

/** Of the option in force, else (undecidable) of each of the two in front: that is what the person decides between. */
export function consequencesOf(writing: Writing, item: ResearchedGap): string[] {
  const choice = writing.choices.find((candidate) => candidate.gap.id === item.gap.id);
  const ids = choice ? [choice.option.candidate.id] : (item.comparison?.options ?? []).slice(0, 2).map(({ id }) => id);
  return ids.flatMap((id) => {
    const option = item.options.find((candidate) => candidate.candidate.id === id);
    const texts = option ? optionConsequences(writing, option) : [];
    return texts.length === 0 || !option ? [] : [`${labelOf(option)}: ${texts.join('; ')}.`];
  });
}

function optionConsequences(writing: Writing, option: ResearchedOption): string[] {
  const { candidate, record } = option;
  const peers = record ? requiredPeers(record).filter(([name]) => !candidate.companions.includes(name)) : [];
  return [
    ...(candidate.brings ?? []),
    ...serverTexts(writing, option),
    ...(candidate.companions.length > 0 ? [`is installed with ${listed(candidate.companions.map(code))}`] : []),
    ...(peers.length > 0
      ? [`requires ${counted(peers.length, 'peer')}: ${listed(peers.map(([name, range]) => code(`${name} ${range}`)))}`]
      : []),
    ...(record && record.version.startsWith('0.')
      ? [
          `is a 0.x line, in which a minor release may break the interface: pin ${code(`${record.name} ${record.version}`)} exactly`,
        ]
      : []),
    ...loadTexts(writing, option),
  ].map((text) => text.replace(/\.$/, ''));
}

function code(text: string): string {
  return `\`${text}\``;
}

function inUse(writing: Writing): string[] {
  return writing.input.read.inUse.map((use) => use.slug);
}

function serverTexts(writing: Writing, { candidate }: ResearchedOption): string[] {
  const used = inUse(writing);
  const fresh = candidate.needsServers.filter((server) => !used.includes(server));
  const oneOf = candidate.needsOneServerOf ?? [];
  const missing = oneOf.length > 0 && !oneOf.some((server) => used.includes(server));
  return [
    ...(fresh.length > 0 ? [`adds ${counted(fresh.length, 'server')} to run: ${listed(fresh)}`] : []),
    ...(missing ? [`needs one new server: ${listed(oneOf, 'or')}`] : []),
  ];
}

/** Work that an option moves into a server already in use, with the rates computed for it. */
function loadTexts(writing: Writing, { candidate }: ResearchedOption): string[] {
  const shared = [
    ...candidate.needsServers,
    ...(candidate.needsOneServerOf ?? []),
    ...(candidate.builtInto ?? []),
  ].find((server) => inUse(writing).includes(server));
  if (shared === undefined || candidate.category !== 'queue-jobs') return [];
  const rates = writing.input.derivation.derived.filter(isJobRate);
  if (rates.length === 0) return [];
  return [`in numbers: ${rates.map((rate) => `${rate.name} ${rate.shown} (${rate.id})`).join(', ')}`];
}

function isJobRate(quantity: DerivedQuantity): boolean {
  return (
    /\b(message|notification|job|mail|delivery|deliveries|export|event)s?\b/i.test(quantity.name) &&
    /\/\s?s/.test(quantity.shown)
  );
}
