/** Work under way: deadlines of calls, pools, held stock and hot rows. */
import { singular, withArticle } from '../brief/nouns.js';
import { sameNoun } from '../brief/quantities.js';
import { type Amount, stated } from './amount.js';
import type { Draft } from './draft.js';
import type { Deadline, Flow } from './facts.types.js';
import { bare, peakRate } from './figures-load.js';
import { formatCount, formatDuration, formatExact, formatNumber, formatRate, roundFigure } from './format.js';

const POOL = 10;
const TRANSACTION = 0.015;

/** The flow whose items an operation serves: the one it names, else the main one (then with an assumption). */
export function flowOf(draft: Draft, deadline: Deadline): Flow | undefined {
  const { flows, main } = draft.facts;
  return (
    flows.find((flow) => sameNoun(flow.noun, deadline.noun)) ??
    flows.find((flow) => mentions(deadline.need.text, flow)) ??
    main
  );
}

const mentions = (text: string, flow: Flow): boolean =>
  text.split(/[^\p{L}-]+/u).some((word) => word.length > 2 && sameNoun(word, flow.noun));

/** Key of a deadline's figures; the operation's noun, else its need. */
export const operationKey = (deadline: Deadline): string => deadline.noun || deadline.need.id;

function callsPerSecond(draft: Draft, deadline: Deadline, flow: Flow): Amount {
  const rate = peakRate(draft, flow);
  if (sameNoun(flow.noun, deadline.noun) || mentions(deadline.need.text, flow)) return rate;
  const one = singular(deadline.noun);
  return draft.assume(
    {
      key: `each:${operationKey(deadline)}`,
      statement: `one ${one} for each ${flow.one}`,
      unit: '/s',
      value: rate.value,
      shown: bare(rate),
    },
    { key: `who:${operationKey(deadline)}`, text: `Is there one ${one} for each ${flow.one}?`, ifUnanswered: '' },
  );
}

function poolSize(draft: Draft): Amount {
  return draft.assume(
    {
      key: 'pool',
      statement: `a process has ${POOL} database connections, the default of common drivers`,
      unit: '',
      value: POOL,
      shown: String(POOL),
    },
    {
      key: 'pool',
      text: 'How many database connections may one process open, and how many does the server allow?',
      ifUnanswered: '',
    },
  );
}

function poolCap(draft: Draft, deadline: Deadline, rate: Amount, flow: Flow): void {
  const key = operationKey(deadline);
  const pool = poolSize(draft);
  const time = stated(deadline.need, deadline.quantity);
  const cap = pool.value / time.value;
  const processes = Math.ceil(rate.value / cap);
  const share = Math.round((cap / rate.value) * 100);
  const enough = `one process is enough even so`;
  draft.derive({
    key: `poolCap:${key}`,
    formula: 'POOL-CAP',
    name: `${flow.noun} per process when the ${singular(deadline.noun)} runs **inside** the transaction`,
    inputs: { pool, time },
    working: `pool of ${POOL} / ${time.shown}`,
    unit: '/s',
    shown: (value) => (value < 60 ? `${formatNumber(value)} /s = ${formatNumber(value * 60)} /min` : formatRate(value)),
    consequence: `{R:NO-TX-CALL#${key}}; ${processes <= 1 ? enough : `${share} % of the peak: ${processes} processes would hold ${processes * POOL} connections just to wait`}`,
  });
  const transaction = draft.assume(
    {
      key: 'transaction',
      statement: `the transaction of ${withArticle(flow.one)} takes ${formatDuration(TRANSACTION)}`,
      unit: 's',
      value: TRANSACTION,
      shown: '0.015',
    },
    {
      key: 'transaction',
      text: `How long does the transaction of ${withArticle(flow.one)} take on the target server, measured?`,
      ifUnanswered: '',
    },
  );
  const perSecond = peakRate(draft, flow);
  draft.derive({
    key: `poolBusy:${key}`,
    formula: 'POOL-BUSY',
    name: `connections busy when it runs **outside**`,
    inputs: { rate: perSecond, transaction },
    working: `${bare(perSecond)} × ${TRANSACTION}`,
    unit: '',
    shown: (value) => `${formatNumber(value)} of ${POOL}`,
    consequence:
      perSecond.value * TRANSACTION < POOL * 0.7
        ? 'the default pool is enough'
        : 'more than one process, or a larger pool',
  });
}

/** An operation that is a call or a verdict, as opposed to a thing that is made (`shipping labels`). */
export const isCall = (noun: string): boolean =>
  /check|validation|verification|screening|scoring|approval|call|request|calculation|quote|look-?up|authori[sz]ation|payment/iu.test(
    noun,
  );

function flightConsequence(deadline: Deadline, count: number): string {
  if (deadline.kind === 'handover')
    return `{R:HANDOVER-DEADLINE#${deadline.need.id}}; each holds a connection to it for as long as it may take`;
  return count < 2
    ? 'one or two at a time: no capacity has to be planned for them'
    : `{R:IN-FLIGHT#${operationKey(deadline)}}`;
}

/** Little's law for an operation with a deadline; the pool only matters when the operation is slow enough to be felt. */
function inFlight(draft: Draft, deadline: Deadline): void {
  const flow = flowOf(draft, deadline);
  if (!flow || deadline.noun === '') return;
  const rate = callsPerSecond(draft, deadline, flow);
  const time = stated(deadline.need, deadline.quantity);
  draft.derive({
    key: `inFlight:${operationKey(deadline)}`,
    formula: 'LITTLE-INFLIGHT',
    name:
      deadline.kind === 'handover'
        ? `calls to the ${deadline.noun} under way at once`
        : `${deadline.noun} under way at once`,
    inputs: { rate, time },
    working: `Little: λ × W = ${bare(rate)} × ${time.shown}`,
    unit: '',
    shown: formatCount,
    consequence: flightConsequence(deadline, rate.value * time.value),
  });
  if (deadline.kind === 'check' && isCall(deadline.noun) && time.value >= 0.2 && time.value <= 60)
    poolCap(draft, deadline, rate, flow);
}

function holdTime(draft: Draft, flow: Flow): Amount | undefined {
  const hold = draft.facts.holds[0];
  if (hold) return stated(hold.need, hold.quantity);
  if (!draft.facts.has('PAY-1') || !draft.facts.has('MARKET-1')) return undefined;
  return draft.assume(
    {
      key: 'hold',
      statement: `a buyer who is paying holds what is bought for 120 s`,
      unit: 's',
      value: 120,
      shown: '120 s',
    },
    {
      key: 'hold',
      text: `How long may something unpaid be held? 60 s holds ${formatCount(peakRate(draft, flow).value * 60)}, 120 s holds ${formatCount(peakRate(draft, flow).value * 120)} ({D:held})`,
      ifUnanswered: '',
    },
  );
}

function heldStock(draft: Draft): void {
  const flow = draft.facts.main;
  const hold = flow && holdTime(draft, flow);
  if (!flow || !hold) return;
  const rate = peakRate(draft, flow);
  draft.derive({
    key: 'held',
    formula: 'HELD-STOCK',
    name: `${flow.noun} that hold stock at once, ${draft.facts.has('PAY-1') ? 'unpaid' : 'unconfirmed'}`,
    inputs: { rate, hold },
    working: `${bare(rate)} × ${hold.shown}`,
    unit: '',
    shown: formatCount,
    consequence: `{R:HOLD-RELEASE}; if less is on offer, people see "nothing left" while it is unsold`,
  });
}

const SHARES = [0.17, 0.5, 0.83, 0.97];

/** Mean wait of M/M/1: ρS/(1−ρ). S is rounded first, so that the printed row can be computed again. */
function hotRowTable(rate: number, noun: string): { title: string; head: string[]; rows: string[][]; note: string } {
  const budget = 1_000 / rate;
  const step = budget >= 10 ? 1 : 0.1;
  const times = SHARES.map((share) => Number((Math.round((budget * share) / step) * step).toPrecision(6)));
  const loads = times.map((ms) => (ms * rate) / 1_000);
  return {
    title: `One hot row (a counter that all ${noun} update; service time S, M/M/1, mean wait ρS/(1−ρ))`,
    head: ['S', ...times.map((ms) => `${formatExact(ms)} ms`), `${formatNumber(budget)} ms and more`],
    rows: [
      ['load ρ', ...loads.map((load) => load.toFixed(2)), '≥ 1'],
      [
        'mean wait',
        ...loads.map((load, at) => formatDuration(((load / (1 - load)) * (times[at] ?? 0)) / 1_000)),
        'grows without end',
      ],
    ],
    note: `One row per item has no such limit; if a counter is kept, half of the limit is the budget ({R:LOCK-BUDGET}).`,
  };
}

function hotRow(draft: Draft): void {
  const { main } = draft.facts;
  if (!main || main.shape === 'fleet' || !['HOT-1', 'STOCK-1', 'UNIQUE-1'].some((rule) => draft.facts.has(rule)))
    return;
  const rate = peakRate(draft, main);
  if (rate.value < 1 || !isTrade(main.noun)) return;
  const limit = 1 / rate.value;
  const tight = limit <= 0.2;
  draft.derive({
    key: 'lock',
    formula: 'LOCK-BUDGET',
    name: `longest lock on one row that all ${main.noun} share`,
    inputs: { rate },
    working: `1 / ${bare(rate)}`,
    unit: 's',
    shown: formatDuration,
    consequence: tight
      ? '{R:LOCK-BUDGET}; at this service time the row is always busy and the wait grows without end'
      : `a transaction of 15 ms loads such a row by ${formatNumber((0.015 / limit) * 100)} % only: one counter per item is safe, no queue is needed for it`,
    ...(tight ? { table: hotRowTable(rate.value, main.noun) } : {}),
  });
}

/** Things that are taken from a limited stock, one taker each. */
export const isTrade = (noun: string): boolean =>
  /\b(?:sales?|orders?|bookings?|reservations?|purchases?|tickets?|bids?|checkouts?|payments?|trips?|rentals?|donations?)$/iu.test(
    noun,
  );

/** Half of the limit, as a figure for a requirement; rounded down so that it never exceeds it. */
export function lockBudget(draft: Draft): Amount | undefined {
  const lock = draft.figure('lock');
  if (!lock || lock.value > 0.2) return undefined;
  const budget = Math.min(roundFigure((lock.value * 1_000) / 2), (lock.value * 1_000) / 2);
  return {
    value: budget / 1_000,
    unit: 's',
    shown: `${formatExact(Number(budget.toPrecision(3)))} ms`,
    from: 'default',
  };
}

/** Parts of an item are rows of their own; two items with two common parts can lock each other out. */
function parts(draft: Draft): void {
  const { main } = draft.facts;
  const part = draft.facts.parts.find((one) => main && mentions(one.need.text, main));
  if (!main || !part) return;
  const noun = part.quantity.noun ?? 'parts';
  const rate = peakRate(draft, main);
  const each = stated(part.need, part.quantity);
  draft.derive({
    key: 'parts',
    formula: 'FAN-OUT',
    name: `${noun} of ${main.noun} at the busiest`,
    inputs: { rate, each },
    working: `${bare(rate)} × ${each.shown}`,
    unit: '/s',
    shown: formatRate,
    consequence: `{R:LOCK-ORDER}; two ${main.noun} with two ${noun} in common wait for each other unless all lock in one sequence`,
  });
}

/** Calls with a deadline, held stock, the hot row. */
export function workFigures(draft: Draft): void {
  for (const deadline of draft.facts.deadlines) {
    if (deadline.kind === 'check' || deadline.kind === 'handover') inFlight(draft, deadline);
  }
  heldStock(draft);
  hotRow(draft);
  parts(draft);
}
