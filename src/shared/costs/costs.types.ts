/** What was paid for: a language model or a web search. */
export const COST_KINDS = ['llm', 'search'] as const;
export type CostKind = (typeof COST_KINDS)[number];

/** Money is counted in millionths of a US dollar. */
export interface Cost {
  readonly kind: CostKind;
  /** The model that was called, or the provider of a search. */
  readonly model: string;
  /** Category of the gap it was for; absent: for no single one. */
  readonly category?: string;
  /** Whose it was; absent: nobody's, such as `POST /v1/research`. */
  readonly sessionId?: string;
  /** Paid calls; default 1. 0 where only savings are told. */
  readonly calls?: number;
  readonly costMicroUsd: number;
  /** What an answer of the cache would have cost; default 0. */
  readonly savedMicroUsd?: number;
  readonly at: Date;
}

/** Sums of money as they are read; days of UTC. */
export interface CostSums {
  readonly calls: number;
  readonly costMicroUsd: bigint;
  readonly savedMicroUsd: bigint;
}

export interface CostReport extends CostSums {
  readonly byDay: readonly (CostSums & { readonly day: string })[];
  readonly byModel: readonly (CostSums & { readonly kind: CostKind; readonly model: string })[];
  /** null: for no single category. */
  readonly byCategory: readonly (CostSums & { readonly category: string | null })[];
  /** The dearest first, at most `MOST_SESSIONS`; also sessions that were deleted since. */
  readonly bySession: readonly (CostSums & { readonly sessionId: string })[];
}

export interface CostFilter {
  /** First and last day, `2026-01-31`. */
  readonly from: string;
  readonly to: string;
}
