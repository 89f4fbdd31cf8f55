/**
 * The formula library. Each formula is an expression over named inputs in base units (per second, seconds, bytes, pieces),
 * so that a document's figure can be computed again from the inputs it prints. Defaults live where a formula is applied.
 */
import { AppError } from '../../../shared/errors/app-error.js';

type Inputs = Readonly<Record<string, number>>;

export interface Formula {
  readonly id: string;
  readonly expression: string;
  readonly evaluate: (input: (name: string) => number) => number;
  /** Where it comes from, or what it silently supposes. */
  readonly source: string;
}

const formula = (id: string, expression: string, source: string, evaluate: Formula['evaluate']): Formula => ({
  id,
  expression,
  source,
  evaluate,
});

const UNITS = 'change of unit; 1 month = 30 days, 1 year = 365 days';
const LITTLE = "Little's law L = λ W (J. D. C. Little, 1961); holds for any arrival pattern in the long run";

const LIST: readonly Formula[] = [
  formula('UNIT-CHANGE', 'amount / unit', UNITS, (i) => i('amount') / i('unit')),
  formula('RATIO', 'peak / normal', 'quotient of two rates of one noun', (i) => i('peak') / i('normal')),
  formula(
    'FLEET-RATE',
    'devices / interval',
    'every device sends once per interval',
    (i) => i('devices') / i('interval'),
  ),
  formula(
    'BUSY-HOUR',
    'daily × share / 3600',
    'the busiest hour carries a share of the day',
    (i) => (i('daily') * i('share')) / 3_600,
  ),
  formula('LITTLE-INFLIGHT', 'rate × time', LITTLE, (i) => i('rate') * i('time')),
  formula('HELD-STOCK', 'rate × hold', LITTLE, (i) => i('rate') * i('hold')),
  formula('POOL-CAP', 'pool / time', 'each connection serves one item at a time', (i) => i('pool') / i('time')),
  formula('POOL-BUSY', 'rate × transaction', LITTLE, (i) => i('rate') * i('transaction')),
  formula(
    'QUERY-BUDGET',
    'pool × deadline / queries',
    'a pool of n works n queries at a time',
    (i) => (i('pool') * i('deadline')) / i('queries'),
  ),
  formula('FAN-OUT', 'rate × each', 'each item makes a fixed number of others', (i) => i('rate') * i('each')),
  formula('PRODUCT', 'count × each', 'multiplication', (i) => i('count') * i('each')),
  formula('AMOUNT-IN', 'rate × duration', 'constant rate', (i) => i('rate') * i('duration')),
  formula('RETAINED-STOCK', 'rate × (before + kept)', LITTLE, (i) => i('rate') * (i('before') + i('kept'))),
  formula(
    'STORED-BYTES',
    'count × size',
    'payload only: no index, no copy, no compression',
    (i) => i('count') * i('size'),
  ),
  formula('BANDWIDTH', 'rate × size', 'payload only: no protocol overhead', (i) => i('rate') * i('size')),
  formula('BUNCH-DRAIN', 'count / rate', 'all due at one date, constant drain', (i) => i('count') / i('rate')),
  formula('SUPPLY-BOUND', 'stock / rate', 'a peak ends when what is sold is gone', (i) => i('stock') / i('rate')),
  formula(
    'BACKLOG',
    '(rate − drain) × duration',
    'fluid approximation of a queue',
    (i) => Math.max(0, i('rate') - i('drain')) * i('duration'),
  ),
  formula(
    'DRAIN-TIME',
    'backlog / (drain − rate)',
    'fluid approximation of a queue',
    (i) => i('backlog') / (i('drain') - i('rate')),
  ),
  formula(
    'DRAIN-RATE',
    '(backlog + after × limit) / (duration + limit)',
    'fluid approximation, solved for the drain',
    (i) => (i('backlog') + i('after') * i('limit')) / (i('duration') + i('limit')),
  ),
  formula('LOCK-BUDGET', '1 / rate', 'a row that each item locks is one server: load < 1', (i) => 1 / i('rate')),
  formula('LOAD', 'rate × service', 'utilisation of one server', (i) => i('rate') * i('service')),
  formula('ERROR-BUDGET', '(1 − uptime) × period', 'share of time', (i) => (1 - i('uptime')) * i('period')),
  formula('BATCH-RATE', 'rows / window', 'constant throughput over the window', (i) => i('rows') / i('window')),
  formula('POINTS', 'window / interval', 'one value per interval', (i) => i('window') / i('interval')),
  formula('SUM', 'first + second + third', 'worst case: delays add up', (i) => i('first') + i('second') + i('third')),
  formula(
    'AGGREGATES',
    'devices × kept / period',
    'one row per device and period',
    (i) => (i('devices') * i('kept')) / i('period'),
  ),
  formula(
    'UNIT-COST',
    'money / count',
    'the whole budget on this one purpose: an upper limit',
    (i) => i('money') / i('count'),
  ),
  formula('LATEST-START', 'ready − window', 'clock time minus duration', (i) => i('ready') - i('window')),
  formula(
    'RULE-OF-THREE',
    '3 / trials',
    '95 % upper bound after no failure in n independent trials',
    (i) => 3 / i('trials'),
  ),
];

export const FORMULAS: ReadonlyMap<string, Formula> = new Map(LIST.map((entry) => [entry.id, entry]));

/** Value of a formula. Throws AppError `internal` when the formula or a named input does not exist: a defect of ours. */
export function evaluate(id: string, inputs: Inputs): number {
  const found = FORMULAS.get(id);
  if (!found) throw new AppError('internal', 'unknown_formula', `There is no formula ${id}.`);
  return found.evaluate((name) => {
    const value = inputs[name];
    if (value === undefined) throw new AppError('internal', 'missing_input', `Formula ${id} has no input ${name}.`);
    return value;
  });
}

/** The value computed again from what a document prints; differs from `value` only if one of the two was changed. */
export function recompute(derived: {
  readonly formula: string;
  readonly inputs: readonly { readonly name: string; readonly value: number }[];
}): number {
  return evaluate(derived.formula, Object.fromEntries(derived.inputs.map(({ name, value }) => [name, value])));
}
