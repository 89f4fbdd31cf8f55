import { countOf, MAX_ERROR_PERCENT, percentileMs } from '../sessions/session-statistics.service.js';
import type { SessionStatistics, StatisticsFilter } from '../sessions/session-statistics.types.js';
import { NO_MODEL, type StatisticsOutput, type StatisticsQuery } from './statistics.schemas.js';

const TENS = 10;

/** What a query asks for, as the sessions feature takes it. */
export function filterOf({ status, model, projectType, from, to }: StatisticsQuery): StatisticsFilter {
  return {
    ...(status === undefined ? {} : { status }),
    ...(model === undefined ? {} : { model: model === NO_MODEL ? null : model }),
    ...(projectType === undefined ? {} : { projectType }),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) }),
  };
}

/** The statistics as clients read them. */
export function statisticsView(query: StatisticsQuery, found: SessionStatistics): StatisticsOutput {
  return {
    filter: {
      status: query.status ?? null,
      model: query.model ?? null,
      projectType: query.projectType ?? null,
      from: query.from === undefined ? null : isoOf(Date.parse(query.from)),
      to: query.to === undefined ? null : isoOf(Date.parse(query.to)),
    },
    sessions: {
      total: found.sessions,
      byStatus: found.byStatus,
      byModel: [...found.byModel],
      ofOtherModels: rest(found.sessions, found.byModel),
      byProjectType: [...found.byProjectType],
      ofOtherProjectTypes: rest(found.sessions, found.byProjectType),
    },
    durations: {
      sessions: countOf(found.durations),
      p50Ms: percentileMs(found.durations, 0.5),
      p95Ms: percentileMs(found.durations, 0.95),
      maxErrorPercent: MAX_ERROR_PERCENT,
    },
    quality: {
      documents: found.documents,
      mean: ratio(found.qualityPoints, found.documents),
      byTen: Array.from({ length: TENS }, (_, bin) => found.qualityTens[bin] ?? 0),
    },
    gaps: {
      toResearch: found.gapsToResearch,
      decided: found.gapsDecided,
      decidedByPeople: found.gapsDecidedByPeople,
    },
    research: { answered: found.researchAnswered, failed: found.researchFailed, options: found.researchOptions },
    cache: {
      gapsFromCache: found.researchCached,
      hitRatePercent: ratio(100 * found.researchCached, found.researchAnswered),
      saved: moneyOf(found.savedMicroUsd),
    },
    cost: moneyOf(found.costMicroUsd),
    buckets: {
      unit: found.bucket,
      items: found.buckets.map(({ from, to, ...counts }) => ({ from: isoOf(from), to: isoOf(to), ...counts })),
    },
  };
}

const isoOf = (at: number): string => new Date(at).toISOString();

const rest = (all: number, groups: readonly { readonly sessions: number }[]): number =>
  groups.reduce((left, { sessions }) => left - sessions, all);

/** To a hundredth; null of none. */
function ratio(part: number, of: number): number | null {
  return of === 0 ? null : Math.round((100 * part) / of) / 100;
}

const MICRO = 1_000_000n;

/** Millionths of a US dollar, without loss. */
export function moneyOf(microUsd: bigint): { amount: string; currency: 'USD' } {
  return { amount: `${microUsd / MICRO}.${(microUsd % MICRO).toString().padStart(6, '0')}`, currency: 'USD' };
}
