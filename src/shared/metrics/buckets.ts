/** Seconds; holds every promised threshold (0.002 … 90), so that each can be read off exactly. */
export const DURATION_BUCKETS = [0.002, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 1, 3, 10, 30, 90];
/** Seconds of a whole session: 1 s to an hour. */
export const WORKFLOW_BUCKETS = [1, 3, 10, 30, 60, 90, 180, 300, 600, 900, 1200, 1800, 3600];
/** 0-100 by 10: percentages and quality scores. */
export const PERCENT_BUCKETS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
/** US dollars of one session. */
export const COST_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 5];
export const ROUND_BUCKETS = [1, 2, 3, 4, 5];
