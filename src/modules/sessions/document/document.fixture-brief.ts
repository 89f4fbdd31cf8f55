/** What the brief's own parts make of the fixture's sentences, written by hand so that a change there does not move these tests. */
import type { Category } from '../../research/research.types.js';
import type { Need, Quantity, ReadBrief, Trigger } from '../brief/brief.types.js';
import type { Derivation, DerivedQuantity, Requirement } from '../derivation/derivation.types.js';
import type { Brief } from '../sessions.types.js';

export const SENTENCES = [
  'Buyers pay by card and the seller gets the payout after the concert.',
  'The service sells 2,000 tickets per minute when a concert opens.',
  'E-mail notifications tell both parties about a sale.',
  'Fraud checks must finish within 2 seconds.',
  'Personal data is deleted 90 days after the event.',
] as const;

const quantity = (kind: Quantity['kind'], value: number, words: string, noun?: string): Quantity => ({
  kind,
  value,
  words,
  written: { amount: value, unit: '' },
  qualifiers: [],
  ...(noun === undefined ? {} : { noun }),
});

const trigger = (rule: string, words: string, opens: readonly Category[], meaning: string): Trigger => ({
  rule,
  words,
  opens,
  meaning,
});

function need(index: number, pointer: string, text: string, more: Partial<Need>): Need {
  return {
    id: `N${index}`,
    text,
    pointer,
    start: 0,
    end: text.length,
    triggers: [],
    quantities: [],
    names: [],
    nouns: [],
    ...more,
  };
}

export function fixtureRead(brief: Brief): ReadBrief {
  const facts: Partial<Need>[] = [
    {
      triggers: [
        trigger('PAY-1', 'pay by card', ['payments'], 'money passes through'),
        trigger('DELAYED-1', 'after the concert', ['scheduling', 'queue-jobs'], 'work waits for a date'),
      ],
    },
    {
      triggers: [trigger('RATE-1', '2,000 tickets per minute', ['queue-jobs'], 'a peak rate')],
      quantities: [quantity('rate', 2000 / 60, '2,000 tickets per minute', 'tickets')],
    },
    { triggers: [trigger('NOTIFY-1', 'E-mail notifications', ['email-notification'], 'messages leave the service')] },
    {
      triggers: [trigger('DEADLINE-1', 'within 2 seconds', [], 'a limit on a call')],
      quantities: [quantity('duration', 2, '2 seconds')],
    },
    {
      triggers: [trigger('RETENTION-1', 'deleted 90 days after', [], 'data ends')],
      quantities: [quantity('duration', 90 * 86_400, '90 days')],
    },
  ];
  const spoken = brief.requirements.map((text, index) =>
    need(index + 1, `/requirements/${index}`, text, facts[index] ?? {}),
  );
  const at = spoken.length;
  const needs = [
    ...spoken,
    need(at + 1, '/techStack/runtime', 'Node.js 24', { names: ['nodejs'] }),
    need(at + 2, '/techStack/database', 'PostgreSQL', { names: ['postgresql'] }),
    need(at + 3, '/constraints/licenses', 'MIT, Apache-2.0, BSD-3-Clause', {}),
  ];
  return {
    title: brief.name,
    needs,
    constraints: {
      licenses: ['MIT', 'Apache-2.0', 'BSD-3-Clause'],
      engines: { node: '24.x' },
      forbidden: [],
      pinned: {},
    },
    expansions: [],
    inUse: [
      { slug: 'nodejs', category: 'runtime', need: `N${at + 1}` },
      { slug: 'postgresql', category: 'database-primary', need: `N${at + 2}` },
    ],
  };
}

const rate: DerivedQuantity = {
  id: 'D-1',
  formula: 'UNIT-CHANGE',
  name: 'peak rate',
  working: '2,000 / 60',
  value: 2000 / 60,
  unit: '/s',
  shown: '33.3 /s',
  consequence: 'R-001',
  inputs: [
    { name: 'amount', value: 2000, unit: 'tickets', from: 'N2' },
    { name: 'unit', value: 60, unit: 's', from: 'N2' },
  ],
};

const checks: DerivedQuantity = {
  id: 'D-2',
  formula: 'LITTLE-INFLIGHT',
  name: 'fraud checks under way at once',
  working: '33.3 × 2 s',
  value: (2000 / 60) * 2,
  unit: 'checks',
  shown: '67',
  consequence: 'R-002',
  inputs: [
    { name: 'rate', value: 2000 / 60, unit: '/s', from: 'D-1' },
    { name: 'time', value: 2, unit: 's', from: 'N4' },
  ],
};

const messages: DerivedQuantity = {
  id: 'D-3',
  formula: 'FAN-OUT',
  name: 'notifications at the peak',
  working: '33.3 × 4',
  value: (2000 / 60) * 4,
  unit: '/s',
  shown: '133 /s',
  consequence: 'the provider must accept that rate or a backlog grows',
  inputs: [
    { name: 'rate', value: 2000 / 60, unit: '/s', from: 'D-1' },
    { name: 'each', value: 4, unit: 'messages', from: 'A-1' },
  ],
};

const pool: DerivedQuantity = {
  id: 'D-4',
  formula: 'POOL-CAP',
  name: 'sales of one process when the check runs inside the transaction',
  working: '10 / 2 s',
  value: 5,
  unit: '/s',
  shown: '5 /s = 300 /min',
  consequence: 'one process stops at 15 % of the peak',
  inputs: [
    { name: 'pool', value: 10, unit: 'connections', from: 'A-2' },
    { name: 'time', value: 2, unit: 's', from: 'N4' },
  ],
};

const requirement = (
  id: string,
  statement: string,
  from: readonly string[],
  more: Partial<Requirement> = {},
): Requirement => ({
  id,
  template: id,
  statement,
  check: 'T',
  from,
  numbers: [],
  ...more,
});

const PEAK = '2,000 sales/min for 10 min, fraud stub of exactly 1.9 s';

const REQUIREMENTS: readonly Requirement[] = [
  requirement(
    'R-001',
    'The marketplace shall complete 2,000 sales in each of *10* consecutive minutes.',
    ['N2', 'D-1'],
    {
      numbers: [
        { text: '2,000', from: 'N2' },
        { text: '10', from: 'default' },
      ],
      test: { load: PEAK, passes: '20,000 sold' },
    },
  ),
  requirement('R-002', 'The marketplace shall run at least 67 fraud checks at the same time.', ['N4', 'D-2'], {
    numbers: [{ text: '67', from: 'D-2' }],
    test: { load: PEAK, passes: '0 checks refused for want of room' },
  }),
  requirement('R-003', 'The marketplace shall end each fraud check within 2 s of its start.', ['N4'], {
    numbers: [{ text: '2', from: 'N4' }],
    test: { load: 'fraud stub that never answers', passes: 'every check ends as timed out' },
  }),
  requirement('R-004', 'The marketplace shall request no payout before the recorded end of the event.', ['N1']),
  requirement(
    'R-005',
    'The marketplace shall delete the personal data of a sale no later than 90 days after the event.',
    ['N5', 'Q-1'],
    { numbers: [{ text: '90', from: 'N5' }] },
  ),
  requirement('R-006', 'The marketplace shall store no card number.', ['N1'], { check: 'I' }),
];

const ASSUMPTIONS: Derivation['assumptions'] = [
  {
    id: 'A-1',
    key: 'messagesPerSale',
    statement: 'each sale sends 4 messages',
    value: 4,
    unit: 'messages',
    usedIn: ['D-3'],
    question: 'Q-2',
  },
  {
    id: 'A-2',
    key: 'pool',
    statement: 'the pool of the driver holds 10 connections',
    value: 10,
    unit: 'connections',
    usedIn: ['D-4'],
    question: 'Q-3',
  },
];

export function fixtureDerivation(): Derivation {
  return {
    assumptions: ASSUMPTIONS,
    derived: [rate, checks, messages, pool],
    requirements: REQUIREMENTS,
    questions: [
      {
        id: 'Q-1',
        key: 'law',
        text: 'Which payment records must be kept beyond day 90, and for how long?',
        blocks: ['payments'],
        ifUnanswered: 'deletion cannot be built',
      },
      {
        id: 'Q-2',
        key: 'messages',
        text: 'Which of the messages per sale are wanted?',
        blocks: [],
        ifUnanswered: 'A-1',
      },
      { id: 'Q-3', key: 'pool', text: 'How many connections may one process hold?', blocks: [], ifUnanswered: 'A-2' },
    ],
    dataStores: [
      {
        store: 'sales tables',
        personalData: 'buyer, seller',
        createdBy: ['N1'],
        deletedBy: 'daily job by event date',
        state: 'R-005; Q-1',
      },
    ],
  };
}
