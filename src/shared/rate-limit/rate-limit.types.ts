/** What a route costs its caller. Each class but `default` has a bucket of its own beside the default one. */
export const LIMIT_CLASSES = ['default', 'search', 'run', 'scrape', 'network', 'upload'] as const;
export type LimitClass = (typeof LIMIT_CLASSES)[number];

/** So many calls in any window of this length. */
export interface LimitRule {
  readonly limit: number;
  readonly windowMs: number;
}

/** What a bucket said to a call. */
export interface LimitDecision {
  readonly admitted: boolean;
  readonly limit: number;
  readonly windowMs: number;
  /** Calls that would be admitted now. */
  readonly remaining: number;
  /** Milliseconds until the window ends or, when nothing is left, until one more call is admitted. */
  readonly resetMs: number;
}
