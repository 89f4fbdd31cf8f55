import type { StatisticsOutput } from '../../src/modules/dashboard/statistics.schemas.js';
import { percentileOf, type Recount } from './recount.js';

/** That an answer says what the rows say: counts exactly, percentiles within the error it names. */
export function expectStatistics(answer: StatisticsOutput, true_: Recount): void {
  const { sessions, durations, quality, gaps, research, cache, buckets } = answer;
  expect({
    total: sessions.total,
    byStatus: withoutZeros(sessions.byStatus),
    byModel: Object.fromEntries(sessions.byModel.map(({ model, sessions: n }) => [model ?? '', n])),
    byProjectType: Object.fromEntries(sessions.byProjectType.map(({ projectType, sessions: n }) => [projectType, n])),
    others: [sessions.ofOtherModels, sessions.ofOtherProjectTypes],
    over: durations.sessions,
    documents: quality.documents,
    tens: quality.byTen,
    figures: { ...gaps, ...research, cached: cache.gapsFromCache },
    overTime: buckets.items.reduce((sum, { sessions: n }) => sum + n, 0),
  }).toEqual({
    total: true_.total,
    byStatus: true_.byStatus,
    byModel: true_.byModel,
    byProjectType: true_.byProjectType,
    others: [0, 0],
    over: true_.durations.length,
    documents: true_.quality.length,
    tens: Array.from(
      { length: 10 },
      (_, ten) => true_.quality.filter((q) => Math.min(9, Math.floor(q / 10)) === ten).length,
    ),
    figures: true_.figures,
    overTime: true_.total,
  });
  if (buckets.unit === 'hour')
    expect(
      Object.fromEntries(
        buckets.items.flatMap(({ from, byStatus }) =>
          Object.entries(withoutZeros(byStatus)).map(([status, n]) => [`${from.slice(0, 13)} ${status}`, n]),
        ),
      ),
    ).toEqual(true_.byHour);
  for (const [share, value] of [
    [0.5, durations.p50Ms],
    [0.95, durations.p95Ms],
  ] as const) {
    if (true_.durations.length === 0) expect(value).toBeNull();
    else expectWithin(value ?? Number.NaN, percentileOf(true_.durations, share), durations.maxErrorPercent);
  }
  const mean = true_.quality.reduce((sum, q) => sum + q, 0) / true_.quality.length;
  expect(quality.mean).toEqual(true_.quality.length === 0 ? null : expect.closeTo(mean, 2));
}

/** Below a millisecond there is no finer answer than that. */
export function expectWithin(value: number, exact: number, percent: number): void {
  const error = Math.abs(value - Math.max(1, exact)) / Math.max(1, exact);
  expect(error).toBeLessThanOrEqual(percent / 100);
}

function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
