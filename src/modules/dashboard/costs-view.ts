import { AppError } from '../../shared/errors/app-error.js';
import type { CostFilter, CostReport, CostSums } from '../../shared/costs/costs.types.js';
import { type CostsOutput, type CostsQuery, DEFAULT_DAYS, MOST_DAYS } from './costs.schemas.js';
import { moneyOf } from './statistics-view.js';

const DAY_MS = 24 * 3_600_000;

/**
 * The days that a query asks for.
 * @param now says which day is today, in UTC
 * @throws AppError 422 `invalid_input` for none and for too many
 */
export function daysOf(query: CostsQuery, now: Date): CostFilter {
  const to = query.to ?? dayOf(now);
  const from = query.from ?? dayOf(new Date(Date.parse(to) - (DEFAULT_DAYS - 1) * DAY_MS));
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1) throw mistake('?to', `must not be before from: ${to} is before ${from}`);
  if (days > MOST_DAYS) throw mistake('?from', `must be at most ${MOST_DAYS - 1} days before to, which is ${to}`);
  return { from, to };
}

function mistake(pointer: string, message: string): AppError {
  const errors = [{ pointer, message }];
  return new AppError('invalid', 'invalid_input', 'The input has one mistake; errors says where.', { errors });
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Costs as clients read them. */
export function costsView({ from, to }: CostFilter, report: CostReport): CostsOutput {
  return {
    from,
    to,
    total: sumsView(report),
    byDay: report.byDay.map(({ day, ...sums }) => ({ day, ...sumsView(sums) })),
    byModel: report.byModel.map(({ kind, model, ...sums }) => ({ kind, model, ...sumsView(sums) })),
    byCategory: report.byCategory.map(({ category, ...sums }) => ({ category, ...sumsView(sums) })),
    bySession: report.bySession.map(({ sessionId, ...sums }) => ({ sessionId, ...sumsView(sums) })),
  };
}

function sumsView({ calls, costMicroUsd, savedMicroUsd }: CostSums): CostsOutput['total'] {
  return { calls, cost: moneyOf(costMicroUsd), saved: moneyOf(savedMicroUsd) };
}
