/** The smaller parts of the document: hard constraints, coverage, what was not measured, notes of the catalogue. */
import type { CatalogueNote, HardConstraints } from '../../../research/research.types.js';
import type { Need } from '../../brief/brief.types.js';
import type { Requirement } from '../../derivation/derivation.types.js';
import { compareText } from '../canonical.js';
import type { TrdBody } from '../document.types.js';
import { counted, listed } from '../writing/text.js';
import { labelOf, placeNeeds, type Writing } from '../writing/writing.js';
import { isStale } from './cross-checks.js';

export function hardConstraints(writing: Writing): TrdBody['hardConstraints'] {
  const { constraints, expansions, needs } = writing.input.read;
  const needAt = (pointer: string, says: (text: string) => boolean): string[] => {
    const found = needs.find((need) => need.pointer.startsWith(pointer)) ?? needs.find((need) => says(need.text));
    return found ? [found.id] : [];
  };
  const licences = { id: 'H1', text: `licence in {${constraints.licenses.join(', ')}}`, from: licenceSources() };
  const engines = Object.entries(constraints.engines)
    .sort(([a], [b]) => compareText(a, b))
    .map(([engine, range]) => ({
      id: 'H2',
      text: `declared ${engine === 'node' ? 'Node.js' : engine} range contains ${range}`,
      from: needAt(`/constraints/engines`, (text) => text.toLowerCase().includes(engine.toLowerCase())),
    }));
  const server = { id: 'H3', text: 'licence of a server the option needs, same list', from: licenceSources() };
  const forbidden = {
    id: 'H4',
    text: `none of ${listed(constraints.forbidden, 'or')}`,
    from: needAt('/constraints/forbidden', (text) => /\b(no|not|without)\b/i.test(text)),
  };
  return [
    ...(constraints.licenses.length > 0 ? [licences] : []),
    ...engines,
    ...(constraints.licenses.length > 0 ? [server] : []),
    ...(constraints.forbidden.length > 0 ? [forbidden] : []),
    ...(constraints.place ? [placeText(constraints.place, placeNeeds(needs))] : []),
  ];

  function licenceSources(): string[] {
    return [
      ...new Set([
        ...needAt('/constraints/licenses', (text) => /licen[cs]e/i.test(text)),
        ...expansions.map((expansion) => expansion.need),
      ]),
    ];
  }
}

function placeText(
  { words, own }: NonNullable<HardConstraints['place']>,
  from: readonly string[],
): TrdBody['hardConstraints'][number] {
  const text = own
    ? `runs inside ${words}: no rented service`
    : `keeps data in ${words}: a rented service must prove it`;
  return { id: 'H5', text, from };
}

export function coverageText(needs: readonly Need[], requirements: readonly Requirement[]): string {
  const reached = new Set(requirements.flatMap((requirement) => requirement.from));
  const left = needs.filter((need) => !reached.has(need.id)).map((need) => need.id);
  const head = `${counted(requirements.length, 'requirement')}, each with one "shall", a check and at least one N.`;
  const tail =
    left.length === 0
      ? 'Every N has a requirement.'
      : `Every N has a requirement except ${listed(left)}: a gap, a question or a constraint takes ${left.length === 1 ? 'it' : 'them'} up.`;
  return `${head} ${tail}`;
}

type Unmeasured = TrdBody['notMeasured'];

/** What this run did not look at: what failed first, then what the records lack, then the fixed limits of rule-based research. */
export function notMeasured(writing: Writing): Unmeasured {
  return [...failedParts(writing), ...missingFields(writing), ...limitsOf(writing)];
}

/** What rules over records can never say, bound to the rows of this document that wait for somebody who can. */
function limitsOf({ input }: Writing): Unmeasured {
  const { derived, requirements, questions } = input.derivation;
  const rates = derived
    .filter((quantity) => quantity.formula === 'UNIT-CHANGE' || quantity.formula === 'FLEET-RATE')
    .slice(0, 2);
  const named = rates.map((quantity) => `${quantity.name}, ${quantity.shown} (${quantity.id})`);
  const legal = questions
    .filter((question) => /\blaw\b|legal|GDPR/i.test(question.text))
    .map((question) => question.id);
  const load = named.length === 0 ? 'no option was run' : `no option was run under ${listed(named)}`;
  return [
    { subject: 'speed and memory', why: load, effect: 'limits are to be tested, none is reached yet' },
    { subject: 'security advisories, prices', why: 'no source of this run has them', effect: 'no statement made' },
    {
      subject: 'law',
      why: legal.length === 0 ? 'rules do not interpret law' : `${listed(legal)} ask, no rule answers`,
      effect: 'a lawyer',
    },
    {
      subject: `whether the ${requirements.length} requirements are necessary, feasible, correct, appropriate`,
      why: 'needs a person',
      effect: 'review',
    },
  ];
}

function failedParts({ input, researched }: Writing): Unmeasured {
  const unread = researched.flatMap((item) => item.options).filter((option) => option.unknownBecause !== undefined);
  const reasons = [...new Set(unread.map((option) => option.unknownBecause ?? ''))];
  return [
    ...input.research.flatMap(({ category, degraded }) =>
      degraded.map((why) => ({ subject: category, why, effect: 'facts of this gap are unknown' })),
    ),
    ...input.degraded.map(({ gapId, reason }) => ({ subject: gapId, why: reason, effect: 'no comparison' })),
    ...(unread.length > 0
      ? [
          {
            subject: 'records',
            why: `not read for ${listed(unread.map(labelOf))}: ${listed(reasons)}`,
            effect: 'their values are intervals',
          },
        ]
      : []),
  ];
}

function missingFields({ researched }: Writing): Unmeasured {
  const options = researched.flatMap((item) => item.options);
  const records = options.flatMap((option) => (option.record ? [option.record] : []));
  const silent = records.filter((record) => record.engines?.['node'] === undefined);
  const servers = options.filter((option) =>
    option.constraints.some(({ id, state }) => id === 'H3' && state === 'unknown'),
  );
  const rows: Unmeasured = [
    {
      subject: 'release dates, deprecation, maintainers, size',
      why: `not among the fields kept of the ${counted(records.length, 'record')}; absent is unknown, not fine`,
      effect: 'no credit and no blame; STALE-1 open',
    },
    {
      subject: 'Node.js range',
      why: `not declared by ${listed(silent.map((record) => `${record.name} ${record.version}`))}`,
      effect: 'C6 is an interval, H2 unknown',
    },
    {
      subject: 'licence of servers',
      why: `in no source of this run for ${listed(servers.map(labelOf))}`,
      effect: 'H3 unknown',
    },
  ];
  const shown = [records.length > 0, silent.length > 0, servers.length > 0];
  return rows.filter((_row, index) => shown[index]);
}

/** Notes of the options in force that fit the compared version: weaker than evidence, so listed apart and used for nothing. */
export function catalogueNotes({ choices }: Writing): TrdBody['catalogueNotes'] {
  const notes = choices.flatMap(({ option }) =>
    option.candidate.notes
      .filter((note) => !isStale(note.validFor, option.record?.version))
      .map((note) => ({ option, note })),
  );
  return notes.map(({ option, note }, index) => ({
    id: `C-${index + 1}`,
    text: noteText(option.candidate.label, note),
    url: note.url,
    date: note.date,
  }));
}

function noteText(label: string, note: CatalogueNote): string {
  return `${label}${note.validFor === undefined ? '' : ` ${note.validFor}`}: ${note.text}`;
}
