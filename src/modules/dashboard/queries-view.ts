import type { NamedQuery } from '../../shared/database/named-queries.js';
import type { QueryPlan } from '../../shared/database/query-plan.js';
import type { QueryProfiler, ShapeStatistics } from '../../shared/database/query-profiler.js';
import type { QueriesOutput } from './queries.schemas.js';

const MOST_SHOWN = 20;

/** What the database was asked, as operators read it. */
export function queriesView(profiler: QueryProfiler, named: readonly NamedQuery[]): QueriesOutput {
  return {
    since: profiler.since.toISOString(),
    slowMs: profiler.slowMs,
    top: profiler.top(MOST_SHOWN).map(shapeView),
    named: named.map(({ name, about }) => ({ name, about })),
  };
}

function shapeView({
  shape,
  count,
  totalMs,
  maxMs,
  lastAtMs,
  plan,
  ...rest
}: ShapeStatistics): QueriesOutput['top'][number] {
  return {
    shape: shape.id,
    query: shape.text,
    operation: shape.operation,
    count,
    errors: rest.errors,
    slow: rest.slow,
    rows: rest.rows,
    totalMs: microseconds(totalMs),
    meanMs: microseconds(totalMs / count),
    maxMs: microseconds(maxMs),
    lastRoute: rest.lastRoute,
    lastAt: new Date(lastAtMs).toISOString(),
    plan: plan ? planView(plan) : null,
  };
}

function planView({ steps, ...times }: QueryPlan): NonNullable<QueriesOutput['top'][number]['plan']> {
  return { ...times, steps: steps.map((step) => ({ ...step, conditions: [...step.conditions] })) };
}

/** Milliseconds, to a microsecond: what is beyond is noise of the clock. */
const microseconds = (ms: number) => Math.round(ms * 1000) / 1000;
