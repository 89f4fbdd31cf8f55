/** Options of four gaps: a clear one, a close one, one that no record decides, and one that a licence leaves without rival. */
import type { Comparison, ScoredOption, Verdict } from '../../research/comparison.types.js';
import type {
  Candidate,
  Category,
  Citation,
  ConstraintResult,
  CriteriaSet,
  CriterionId,
  CriterionValue,
  ResearchedOption,
} from '../../research/research.types.js';
import { PIECES, README, RECORDS } from './document.fixture-records.js';

const CRITERIA: readonly [CriterionId, string, number][] = [
  ['C1', 'new servers', 0.2],
  ['C2', 'category need', 0.2],
  ['C3', 'packages taken on', 0.15],
  ['C4', 'release line', 0.15],
  ['C5', 'types', 0.1],
  ['C6', 'Node range', 0.1],
  ['C7', 'named replacements', 0.1],
];

export const fixtureCriteria: CriteriaSet = {
  version: 1,
  criteria: CRITERIA.map(([id, name, weight]) => ({ id, name, weight, scale: '0 to 1', why: name })),
};

type Values = Partial<Record<CriterionId, readonly [low: number, high: number]>>;

export interface OptionSpec {
  readonly name: string;
  readonly label: string;
  readonly values: Values;
  readonly candidate?: Partial<Candidate>;
  readonly removed?: boolean;
  readonly wins?: number;
}

export function optionOf(category: Category, spec: OptionSpec): ResearchedOption {
  const record = RECORDS[spec.name];
  const candidate: Candidate = {
    id: `${category}/${spec.name}`,
    category,
    ecosystem: 'javascript',
    label: spec.label,
    kind: 'package',
    package: spec.name,
    names: [spec.name],
    needsServers: [],
    companions: [],
    notes: [],
    ...spec.candidate,
  };
  return { candidate, ...(record ? { record } : {}), constraints: constraintsOf(spec), values: valuesOf(spec) };
}

function cite(name: string, pointer: string, value: string): Citation {
  return { evidence: PIECES.get(name)?.sha256 ?? '', pointer, value };
}

function valuesOf(spec: OptionSpec): CriterionValue[] {
  const readme: Citation = { evidence: README.sha256, quote: 'Create jobs in an existing db transaction' };
  const version = cite(spec.name, '/version', RECORDS[spec.name]?.version ?? '');
  return Object.entries(spec.values).map(([id, [low, high]]): CriterionValue => {
    const criterion = id as CriterionId;
    const proof = spec.name === 'pg-boss' && criterion === 'C2' ? readme : version;
    const cited = low === high && criterion !== 'C1';
    const shown = low === high ? String(low).replace(/^0\./, '.') : '[0,1]';
    return { criterion, low, high, shown, citations: cited ? [proof] : [] };
  });
}

function constraintsOf(spec: OptionSpec): ConstraintResult[] {
  const record = RECORDS[spec.name];
  const licence = record?.license ?? '?';
  const range = record?.engines?.['node'];
  const engines: ConstraintResult =
    range === undefined
      ? { id: 'H2', state: 'unknown', shown: '?', citations: [] }
      : { id: 'H2', state: 'pass', shown: range, citations: [cite(spec.name, '/engines/node', range)] };
  const state = spec.removed ? 'fail' : 'pass';
  return [{ id: 'H1', state, shown: licence, citations: [cite(spec.name, '/license', licence)] }, engines];
}

export function comparisonOf(
  category: Category,
  verdict: Verdict,
  specs: readonly OptionSpec[],
  wouldChange: Comparison['wouldChange'],
): Comparison {
  const ids = CRITERIA.map(([id]) => id).filter((id) => specs.some((spec) => spec.values[id] !== undefined));
  const total = CRITERIA.filter(([id]) => ids.includes(id)).reduce((sum, [, , weight]) => sum + weight, 0);
  const sum = (spec: OptionSpec, end: 0 | 1) =>
    CRITERIA.filter(([id]) => ids.includes(id)).reduce(
      (all, [id, , weight]) => all + (weight / total) * (spec.values[id]?.[end] ?? end),
      0,
    );
  const round = (value: number) => Math.round((value + 1e-12) * 1000) / 1000;
  const equal = ids.filter((id) =>
    specs.every(
      (spec) =>
        spec.values[id]?.join() === specs[0]?.values[id]?.join() && spec.values[id]?.[0] === spec.values[id]?.[1],
    ),
  );
  const options: ScoredOption[] = specs.map((spec) => ({
    id: `${category}/${spec.name}`,
    label: spec.label,
    admissible: true,
    low: round(sum(spec, 0)),
    high: round(sum(spec, 1)),
    topsis: round((sum(spec, 0) + sum(spec, 1)) / 2),
    winShare: spec.wins ?? 0,
  }));
  return {
    category,
    verdict,
    criteria: ids.filter((id) => !equal.includes(id)),
    equalCriteria: equal,
    options,
    leader: options[0]?.id ?? '',
    wouldChange,
  };
}

const one = [1, 1] as const;
const open = [0, 1] as const;
const half = [0.5, 0.5] as const;

export const QUEUE: readonly OptionSpec[] = [
  {
    name: 'pg-boss',
    label: 'pg-boss',
    wins: 1,
    values: { C1: one, C2: one, C3: [0.9, 0.9], C4: one, C5: one, C6: one, C7: one },
    candidate: {
      needsServers: ['postgresql'],
      storesPersonalData: 'job payloads',
      brings: ['scheduling by cron expressions comes with it'],
      notes: [
        {
          text: 'keeps finished jobs until its own clean-up',
          url: 'https://example.org/pg-boss',
          date: '2026-05-01',
          validFor: '>=12',
        },
        { text: 'polls twice a second', url: 'https://example.org/old', date: '2024-05-01', validFor: '<10' },
      ],
    },
  },
  {
    name: 'bullmq',
    label: 'BullMQ',
    values: { C1: one, C2: open, C3: [0.93, 0.93], C4: one, C5: one, C6: one, C7: [0.75, 0.75] },
    candidate: { needsOneServerOf: ['redis', 'postgresql'] },
  },
];
export const ORM: readonly OptionSpec[] = [
  {
    name: 'kysely',
    label: 'Kysely',
    wins: 0.766,
    values: { C1: one, C2: one, C3: [0.97, 0.97], C4: half, C5: one, C6: one, C7: one },
    candidate: { companions: ['pg'] },
  },
  {
    name: 'drizzle-orm',
    label: 'Drizzle',
    wins: 0.234,
    values: { C1: one, C2: one, C3: [0.97, 0.97], C4: half, C5: one, C6: open, C7: one },
    candidate: { companions: ['pg'] },
  },
];
export const PAY: readonly OptionSpec[] = [
  {
    name: 'stripe',
    label: 'Stripe',
    wins: 0.672,
    values: { C1: one, C2: open, C3: one, C4: one, C5: one, C6: one, C7: one },
    candidate: { kind: 'service' },
  },
  {
    name: '@mollie/api-client',
    label: 'Mollie',
    wins: 0.328,
    values: { C1: one, C2: open, C3: [0.97, 0.97], C4: one, C5: one, C6: one, C7: [0.75, 0.75] },
    candidate: { kind: 'service' },
  },
];
export const MAIL: readonly OptionSpec[] = [
  {
    name: '@aws-sdk/client-sesv2',
    label: 'Amazon SES',
    values: { C1: one, C2: open, C3: one },
    candidate: { kind: 'service', storesPersonalData: 'addresses and texts of messages' },
  },
  { name: 'nodemailer', label: 'Nodemailer', values: { C1: one, C2: open, C3: one }, removed: true },
];
