import type { SessionStatus } from './sessions.types.js';
import type { Grain, Span } from './statistics/periods.js';

export type { Grain, Span } from './statistics/periods.js';

/** Which sessions are counted; what is absent lets all through. */
export interface StatisticsFilter {
  readonly status?: SessionStatus;
  /** null: those that name no model. */
  readonly model?: string | null;
  /** In any case and spacing. */
  readonly projectType?: string;
  /** Made in this time: whole hours, in milliseconds since 1970, open when absent. */
  readonly from?: number;
  readonly to?: number;
}

export type CountByStatus = Readonly<Record<SessionStatus, number>>;

export interface TimeBucket extends Span {
  readonly sessions: number;
  readonly byStatus: CountByStatus;
}

/** Sessions as they are now, counted by the hour they were made in. */
export interface SessionStatistics {
  readonly sessions: number;
  readonly byStatus: CountByStatus;
  /** The most frequent first; null: none was named. */
  readonly byModel: readonly { readonly model: string | null; readonly sessions: number }[];
  readonly byProjectType: readonly { readonly projectType: string; readonly sessions: number }[];
  /** Sessions by duration of their last run, where it is over: see statistics/histogram.ts. */
  readonly durations: readonly number[];
  readonly documents: number;
  /** Sum of the quality of the newest documents, each 0-100. */
  readonly qualityPoints: number;
  /** Documents by ten points of quality; the last holds 100, too. */
  readonly qualityTens: readonly number[];
  readonly gapsToResearch: number;
  readonly gapsDecided: number;
  readonly gapsDecidedByPeople: number;
  readonly researchAnswered: number;
  readonly researchCached: number;
  readonly researchFailed: number;
  readonly researchOptions: number;
  /** Millionths of a US dollar, also of earlier runs. */
  readonly costMicroUsd: bigint;
  readonly savedMicroUsd: bigint;
  readonly bucket: Grain;
  /** Without a gap, the oldest first. */
  readonly buckets: readonly TimeBucket[];
}
