/** What `EXPLAIN (FORMAT JSON)` says, without the values that stand in its conditions. Pure. */
import { normaliseSql } from './normalise-sql.js';

/** One step of a plan. Times in milliseconds, of one loop; costs in the planner's unit. */
export interface PlanStep {
  /** 0 for the first; a step's sources follow it, one deeper. */
  readonly depth: number;
  /** `Index Scan`, `Hash Join` … */
  readonly node: string;
  /** Table, function or part of a WITH that it reads. */
  readonly relation?: string;
  readonly index?: string;
  /** `Inner`, `Left` … */
  readonly join?: string;
  /** Conditions and orders with `?` for values: `Filter: (status = ?)`. */
  readonly conditions: readonly string[];
  readonly cost: number;
  readonly plannedRows: number;
  /** What happened; absent when the statement was not run, or this step was not. */
  readonly actual?: {
    readonly ms: number;
    /** In one loop. */
    readonly rows: number;
    readonly loops: number;
    /** Rows that a condition threw away. */
    readonly removedRows: number;
    /** Pages of 8 kB, those of the step's sources included. */
    readonly pagesHit: number;
    readonly pagesRead: number;
  };
}

export interface QueryPlan {
  /** From the outermost step to the innermost. */
  readonly steps: readonly PlanStep[];
  /** Milliseconds; absent when the statement was not run. */
  readonly planningMs?: number;
  readonly executionMs?: number;
}

type Raw = Readonly<Record<string, unknown>>;

const CONDITIONS = [
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'Filter',
  'One-Time Filter',
  'Sort Key',
  'Presorted Key',
  'Group Key',
] as const;
const REMOVED = ['Rows Removed by Filter', 'Rows Removed by Join Filter', 'Rows Removed by Index Recheck'] as const;

/**
 * @param explained first column of the first row of `EXPLAIN (FORMAT JSON)`
 * @throws Error when it is no plan
 */
export function queryPlanOf(explained: unknown): QueryPlan {
  const [whole] = explained as readonly Raw[];
  if (whole?.['Plan'] === undefined) throw new Error('the server gave no plan');
  const steps: PlanStep[] = [];
  collect(whole['Plan'] as Raw, 0, steps);
  const planningMs = whole['Planning Time'] as number | undefined;
  const executionMs = whole['Execution Time'] as number | undefined;
  // Without having run it the server may still tell how long it planned.
  return executionMs === undefined ? { steps } : { steps, planningMs, executionMs };
}

function collect(raw: Raw, depth: number, steps: PlanStep[]): void {
  steps.push(stepOf(raw, depth));
  for (const source of (raw['Plans'] ?? []) as readonly Raw[]) collect(source, depth + 1, steps);
}

function stepOf(raw: Raw, depth: number): PlanStep {
  const relation = textOf(raw, 'Relation Name') ?? textOf(raw, 'Function Name') ?? textOf(raw, 'CTE Name');
  const index = textOf(raw, 'Index Name');
  const join = textOf(raw, 'Join Type');
  const actual = actualOf(raw);
  return {
    depth,
    node: textOf(raw, 'Node Type') ?? 'unknown',
    ...(relation !== undefined && { relation }),
    ...(index !== undefined && { index }),
    ...(join !== undefined && { join }),
    conditions: CONDITIONS.flatMap((name) => conditionOf(name, raw[name])),
    cost: numberOf(raw, 'Total Cost'),
    plannedRows: numberOf(raw, 'Plan Rows'),
    ...(actual && { actual }),
  };
}

/** The planner shows a condition with the values it was asked with; keys of a sort are a list. */
function conditionOf(name: string, value: unknown): string[] {
  if (value === undefined) return [];
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return [`${name}: ${normaliseSql(text)}`];
}

function actualOf(raw: Raw): PlanStep['actual'] {
  const loops = raw['Actual Loops'];
  if (typeof loops !== 'number' || loops === 0) return undefined;
  return {
    ms: numberOf(raw, 'Actual Total Time'),
    rows: numberOf(raw, 'Actual Rows'),
    loops,
    removedRows: REMOVED.reduce((sum, name) => sum + numberOf(raw, name), 0),
    pagesHit: numberOf(raw, 'Shared Hit Blocks'),
    pagesRead: numberOf(raw, 'Shared Read Blocks'),
  };
}

function textOf(raw: Raw, name: string): string | undefined {
  const value = raw[name];
  return typeof value === 'string' ? value : undefined;
}

function numberOf(raw: Raw, name: string): number {
  const value = raw[name];
  return typeof value === 'number' ? value : 0;
}
