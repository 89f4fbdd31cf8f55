import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock/clock.js';
import { COSTS_TAG } from '../../shared/costs/costs.service.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { AppError } from '../../shared/errors/app-error.js';
import { SESSIONS_TAG } from './session-changes.js';
import { SessionStatisticsRepository, type StatisticsSums } from './session-statistics.repository.js';
import type {
  CountByStatus,
  Grain,
  SessionStatistics,
  StatisticsFilter,
  TimeBucket,
} from './session-statistics.types.js';
import { SESSION_STATUSES, type SessionStatus } from './sessions.types.js';
import { binsOf } from './statistics/histogram.js';
import { floorTo, HOUR_MS, nextOf, periodsOf, type Span } from './statistics/periods.js';

export { countOf, MAX_ERROR_PERCENT, percentileMs } from './statistics/histogram.js';

/** Tags of cached answers that show statistics. */
export const STATISTICS_TAGS = [SESSIONS_TAG, COSTS_TAG] as const;

const HOURS = 48;
const DAYS = 92;
/** Periods of one answer. */
const MOST_BUCKETS = 1000;

/** The period by which a span is shown when nobody asks for another: at most two days by hour, three months by day. */
function bucketOf({ from, to }: Span): Grain {
  if (to - from <= HOURS * HOUR_MS) return 'hour';
  return to - from <= DAYS * 24 * HOUR_MS ? 'day' : 'month';
}

/** Numbers about the sessions of a workspace, true at the moment they are asked for. */
@Injectable()
export class SessionStatisticsService {
  constructor(
    private readonly rows: SessionStatisticsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * @param wanted period of the time buckets; by the length of the span when absent
   * @throws AppError 422 `invalid_input` for more than 1000 time buckets
   */
  async statistics(scope: WorkspaceScope, filter: StatisticsFilter, wanted?: Grain): Promise<SessionStatistics> {
    const { from = -Infinity, to } = filter;
    const now = this.clock.now().getTime();
    const bucket = wanted ?? bucketOf({ from, to: to ?? now });
    // An open end is that of the period that goes on now.
    const span = { from, to: to ?? nextOf(bucket, now) };
    assertFew(span, bucket);
    return statisticsOf(await this.rows.sums(scope, filter, bucket), { ...span, isOpen: to === undefined }, bucket);
  }
}

function assertFew({ from, to }: Span, bucket: Grain): void {
  const count = (to - from) / PERIOD_MS[bucket];
  if (count <= MOST_BUCKETS || (bucket === 'month' && from === -Infinity)) return;
  const what = Number.isFinite(count) ? `would be ${Math.ceil(count)} periods` : 'needs from';
  const message = `${what}: at most ${MOST_BUCKETS} are answered; give a shorter time or a longer bucket`;
  throw new AppError('invalid', 'invalid_input', 'The input has one mistake; errors says where.', {
    errors: [{ pointer: '?bucket', message }],
  });
}

/** The shortest a period can be. */
const PERIOD_MS: Readonly<Record<Grain, number>> = { hour: HOUR_MS, day: 24 * HOUR_MS, month: 28 * 24 * HOUR_MS };

function statisticsOf(sums: StatisticsSums, span: OpenSpan, bucket: Grain): SessionStatistics {
  const { totals } = sums;
  return {
    sessions: totals.sessions,
    byStatus: countsOf(sums.byStatus),
    byModel: sums.byModel.map(({ model, sessions }) => ({ model: model === '' ? null : model, sessions })),
    byProjectType: sums.byProjectType,
    durations: binsOf(totals.durations),
    documents: totals.documents,
    qualityPoints: totals.quality_points,
    qualityTens: binsOf(totals.quality_tens),
    gapsToResearch: totals.gaps_to_research,
    gapsDecided: totals.gaps_decided,
    gapsDecidedByPeople: totals.gaps_decided_by_people,
    researchAnswered: totals.research_answered,
    researchCached: totals.research_cached,
    researchFailed: totals.research_failed,
    researchOptions: totals.research_options,
    costMicroUsd: BigInt(totals.cost_micro_usd),
    savedMicroUsd: BigInt(totals.saved_micro_usd),
    bucket,
    buckets: bucketsOf(sums.buckets, span, bucket),
  };
}

type OpenSpan = Span & { readonly isOpen: boolean };

/** Those without a session are there, too; an open start is that of the first with one. */
function bucketsOf(found: StatisticsSums['buckets'], span: OpenSpan, grain: Grain): readonly TimeBucket[] {
  const groups = new Map<number, StatisticsSums['buckets'][number][]>();
  for (const one of found) {
    const start = Date.parse(one.start);
    groups.set(start, [...(groups.get(start) ?? []), one]);
  }
  const starts = [...groups.keys()];
  const from = Number.isFinite(span.from) ? span.from : Math.min(...starts, span.to);
  // Another process, whose clock is ahead, may have made sessions of the hours to come.
  const to = span.isOpen ? Math.max(span.to, ...starts.map((start) => nextOf(grain, start))) : span.to;
  return periodsOf({ from, to }, grain).map((period) => {
    const rows = groups.get(floorTo(grain, period.from)) ?? [];
    return { ...period, sessions: rows.reduce((sum, { sessions }) => sum + sessions, 0), byStatus: countsOf(rows) };
  });
}

function countsOf(rows: readonly { readonly status: SessionStatus; readonly sessions: number }[]): CountByStatus {
  const counts = new Map(rows.map(({ status, sessions }) => [status, sessions]));
  return Object.fromEntries(SESSION_STATUSES.map((status) => [status, counts.get(status) ?? 0])) as CountByStatus;
}
