import { MAX_JOB_WAIT_MS } from '../shared/jobs/jobs.types.js';

/** Milliseconds of `Prefer: wait=N` (RFC 7240), at most what a job is waited for. */
export function waitMsOf(prefer: string | undefined): number {
  const seconds = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/i.exec(prefer ?? '')?.[1];
  return Math.min(Number(seconds ?? 0) * 1000, MAX_JOB_WAIT_MS);
}
