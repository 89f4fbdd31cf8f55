/** Where rented options keep data, against the words of the brief about places. */
import { listed } from '../writing/text.js';
import { comparedGaps, labelOf, placeNeeds, type ResearchedGap, type Writing } from '../writing/writing.js';
import type { CheckDraft } from './anchor-checks.js';

export function placeChecks(writing: Writing): CheckDraft[] {
  return writing.input.read.constraints.place ? [...demanded(writing)] : notDemanded(writing);
}

/** The brief demands a place: every gap with a rented option is named, also those whose own words say nothing of places. */
function demanded(writing: Writing): CheckDraft[] {
  const { place, needs } = { place: writing.input.read.constraints.place, needs: placeNeeds(writing.input.read.needs) };
  const touched = writing.researched.filter((item) => rentedNames(item).length > 0);
  if (!place || touched.length === 0) return [];
  const who = touched.map((item) => `${rentedNames(item).join(', ')} (${item.gap.id})`).join('; ');
  const question = questionNamed(writing, 'leaves') ?? questionNamed(writing, 'place');
  const ask = question === undefined ? 'say which fields may leave' : question;
  return [
    {
      check: 'place of the data',
      result: place.own
        ? `${listed(needs)} keeps data inside ${place.words}; a provider outside runs ${who}`
        : `${listed(needs)} keeps data in ${place.words}; only a contract says where ${who} keep theirs`,
      action: place.own
        ? `none of them is admissible (H5) unless ${ask} lets fields leave`
        : `admissible only if ${ask} is answered`,
      severity: 'blocks',
      rests: [...needs, ...touched.map(({ gap }) => gap.id)],
    },
  ];
}

/** The brief speaks of people in the EU and demands no place: what leads and is rented waits for the answer all the same. */
function notDemanded(writing: Writing): CheckDraft[] {
  const [need] = writing.input.read.needs.filter(({ triggers }) => triggers.some(({ rule }) => rule === 'PRIVACY-EU'));
  const led = writing.choices.filter(({ option }) => option.candidate.rented === true);
  const open = comparedGaps(writing).filter(
    (item) =>
      !led.some(({ gap }) => gap.id === item.gap.id) &&
      rentedNames(item).length > 1 &&
      item.comparison?.verdict === 'undecidable',
  );
  const question = questionNamed(writing, 'place');
  if (!need || question === undefined || led.length + open.length === 0) return [];
  const names = [
    ...led.map(({ gap, option }) => `${labelOf(option)} (${gap.id})`),
    ...open.map((item) => `the providers of ${item.gap.category} (${item.gap.id})`),
  ];
  return [
    {
      check: 'place of the data',
      result: `no record says in which country data sent to ${listed(names)} is kept, and ${need.id} says "${need.text}"`,
      action: `answer ${question} before a contract is signed`,
      severity: 'changes-design',
      rests: [need.id, ...led.map(({ gap }) => gap.id), ...open.map(({ gap }) => gap.id)],
    },
  ];
}

function rentedNames({ options }: ResearchedGap): string[] {
  return options.flatMap(({ candidate }) => (candidate.rented === true ? [candidate.label] : []));
}

function questionNamed({ input }: Writing, key: string): string | undefined {
  return input.derivation.questions.find((question) => question.key === key)?.id;
}
