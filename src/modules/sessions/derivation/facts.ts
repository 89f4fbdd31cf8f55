/** Sorts the amounts of a read brief into facts. Words decide what an amount is; an amount that fits nowhere is left out. */
import type { Need, Quantity, ReadBrief } from '../brief/brief.types.js';
import { lowerFirst, phraseFrom, phraseText, plural, singular, wordsOf } from '../brief/nouns.js';
import { deadlinesOf } from './facts-deadlines.js';
import { retentionsOf } from './facts-retention.js';
import type { Facts, Fleet, Flow, Rated, Stated } from './facts.types.js';
import { sameNoun } from '../brief/quantities.js';

const SYSTEM =
  /(?:(?<![\p{L}-])([\p{L}-]+)\s+)?(service|pipeline|tool|platform|marketplace|application|app|system|portal|backend|API|shop|store|dashboard|site|engine|gateway|assistant|tracker|register|bot|library)\b/iu;
const NOT_IN_NAME = /^(?:internal|new|small|large|the|a|an|our|simple|modern|of|for|and|ticket)$/iu;

/** Short name of the system for statements: the first system noun of the project type with the word before it. */
export function systemName(read: ReadBrief): string {
  const type = read.needs.find((need) => need.pointer === '/projectType')?.text ?? '';
  const match = SYSTEM.exec(type.replaceAll(/[-_]/gu, ' ')) ?? SYSTEM.exec(read.title);
  if (!match) return 'service';
  const [, before, noun = 'service'] = match;
  return before && !NOT_IN_NAME.test(before) ? `${lowerFirst(before)} ${noun.toLowerCase()}` : noun.toLowerCase();
}

const hasRule = (need: Need, ...rules: string[]): boolean => need.triggers.some((t) => rules.includes(t.rule));

const NO_FLOW = /^(?:times?|releases?|deployments?|meetings?|steps?|hours?|days?|people|engineers?|developers?)$/iu;

interface NamedRate extends Rated {
  readonly noun: string;
}

function ratesOf(read: ReadBrief): NamedRate[] {
  return read.needs.flatMap((need) =>
    need.quantities
      .filter(
        (q) =>
          !hasRule(need, 'LIMIT-1') &&
          q.kind === 'rate' &&
          q.value > 0 &&
          q.noun !== undefined &&
          !NO_FLOW.test(q.noun),
      )
      .map((quantity) => ({ perSecond: quantity.value, quantity, need, noun: lowerFirst(quantity.noun ?? '') })),
  );
}

const isDaily = (q: Quantity): boolean => /day|week|month|quarter|year/u.test(q.written.unit);

function flowOf(rates: readonly NamedRate[]): Flow | undefined {
  const sorted = [...rates].sort((a, b) => b.perSecond - a.perSecond);
  const [peak] = sorted;
  if (!peak) return undefined;
  const normal = sorted.slice(1).find((rate) => rate.perSecond < peak.perSecond);
  const noun = plural(peak.noun.replace(/^(?:new|incoming)\s/u, ''));
  const single = isDaily(peak.quantity) ? 'daily' : peak.quantity.qualifiers.includes('peak') ? 'peak' : 'steady';
  const base = { noun, one: singular(noun), peak };
  return normal ? { ...base, normal, shape: 'peak' } : { ...base, shape: single };
}

function writtenFlows(read: ReadBrief): Flow[] {
  const groups: NamedRate[][] = [];
  for (const rate of ratesOf(read)) {
    const group = groups.find((one) => sameNoun(one[0]?.noun ?? '', rate.noun));
    if (group) group.push(rate);
    else groups.push([rate]);
  }
  return groups.map(flowOf).filter((flow): flow is Flow => flow !== undefined);
}

const SENDS = /^(?:sends?|reports?|transmits?|measures?|delivers?|uploads?|publish(?:es)?|records?|emits?)$/iu;

function itemOf(need: Need): string {
  const words = wordsOf(need.text);
  const verb = words.findIndex((word) => SENDS.test(word.text));
  const phrase = verb < 0 ? [] : phraseFrom(words, verb + 1);
  return phrase.length > 0 ? plural(lowerFirst(phraseText(phrase))) : 'readings';
}

/** `20,000 sensors send a reading every 15 seconds`: a count, a period and a verb of sending in one need. */
function fleetOf(read: ReadBrief): Fleet | undefined {
  for (const need of read.needs) {
    const devices = need.quantities.find((q) => q.kind === 'count' && q.noun !== undefined && q.value > 1);
    const interval = need.quantities.find(
      (q) => q.kind === 'duration' && q.qualifiers.includes('every') && q.value > 0,
    );
    if (devices && interval && wordsOf(need.text).some((word) => SENDS.test(word.text))) {
      return { devices, noun: plural(lowerFirst(devices.noun ?? 'devices')), interval, need, item: itemOf(need) };
    }
  }
  return undefined;
}

function fleetFlow(fleet: Fleet): Flow {
  const perSecond = fleet.devices.value / fleet.interval.value;
  return {
    noun: fleet.item,
    one: singular(fleet.item),
    peak: { perSecond, quantity: fleet.devices, need: fleet.need },
    shape: 'fleet',
  };
}

function statedWhere(read: ReadBrief, test: (q: Quantity, need: Need) => boolean): Stated[] {
  return read.needs.flatMap((need) =>
    need.quantities.filter((quantity) => test(quantity, need)).map((quantity) => ({ need, quantity })),
  );
}

const CONCURRENT = /at the same time|concurrent|simultaneous|at once|in parallel/iu;

const NOT_PEOPLE = /engineers?|developers?|compan(?:y|ies)|tenants?|shops?|concurrent|simultaneous/iu;
const PEOPLE_COUNT = (q: Quantity, need: Need): boolean =>
  q.kind === 'count' && hasRule(need, 'USERS-1') && !NOT_PEOPLE.test(q.noun ?? '') && !q.qualifiers.includes('each');

function concurrentOf(read: ReadBrief): Stated | undefined {
  const counts = statedWhere(read, (q, need) => {
    if (q.kind !== 'count' || !hasRule(need, 'CONCURRENT-1')) return false;
    if (/^(?:concurrent|simultaneous)\s/iu.test(q.noun ?? '')) return true;
    const at = need.text.indexOf(q.words) + q.words.length;
    return CONCURRENT.test(need.text.slice(at, at + 50));
  });
  const last = counts.at(-1);
  if (!last || last.quantity.noun !== undefined) return last;
  // `140 managers …; 60 of them at the same time`: the people are those counted before.
  const people = statedWhere(read, PEOPLE_COUNT)[0]?.quantity.noun;
  return people === undefined ? last : { need: last.need, quantity: { ...last.quantity, noun: people } };
}

const PARTS = /^(?:an?|each|every|one)\s+[\p{L}-]+(?:\s[\p{L}-]+)?\s+(?:has|holds|contains|consists of)\s+\d/iu;

function amounts(read: ReadBrief): Pick<Facts, 'holds' | 'outages' | 'sizes' | 'people' | 'budgets' | 'parts'> {
  return {
    holds: statedWhere(
      read,
      (q, need) =>
        q.kind === 'duration' && hasRule(need, 'HOLD-1') && q.value <= 604_800 && q.qualifiers.includes('for'),
    ),
    outages: statedWhere(
      read,
      (q, need) =>
        q.kind === 'duration' && hasRule(need, 'OUTAGE-1') && q.qualifiers.some((m) => m === 'for' || m === 'up to'),
    ),
    sizes: statedWhere(read, (q) => q.kind === 'size' && q.value > 0),
    people: statedWhere(read, PEOPLE_COUNT),
    parts: statedWhere(
      read,
      (q, need) => q.kind === 'count' && q.value > 1 && PARTS.test(need.text) && q.noun !== undefined,
    ),
    budgets: statedWhere(read, (q, need) => q.kind === 'money' && hasRule(need, 'BUDGET-1') && q.value > 0),
  };
}

/** All facts of a brief. Flows are sorted by strength; the strongest is the main one. */
export function factsOf(read: ReadBrief): Facts {
  const fleet = fleetOf(read);
  const flows = [...writtenFlows(read), ...(fleet ? [fleetFlow(fleet)] : [])].sort(
    (a, b) => b.peak.perSecond - a.peak.perSecond,
  );
  const uptime = statedWhere(
    read,
    (q, need) => hasRule(need, 'UPTIME-1') && q.kind === 'share' && q.value >= 0.9 && q.value < 1,
  )[0];
  const concurrent = concurrentOf(read);
  const needs = (rule: string): readonly Need[] => read.needs.filter((need) => hasRule(need, rule));
  return {
    read,
    system: systemName(read),
    flows,
    ...(flows[0] ? { main: flows[0] } : {}),
    ...(fleet ? { fleet } : {}),
    deadlines: deadlinesOf(read),
    retentions: retentionsOf(read),
    ...amounts(read),
    ...(uptime ? { uptime } : {}),
    ...(concurrent ? { concurrent } : {}),
    has: (rule) => needs(rule).length > 0,
    need: (rule) => needs(rule)[0],
    needs,
  };
}
