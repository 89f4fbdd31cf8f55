import type { ErrorKind } from '../errors/app-error.js';
import type { WorkspaceScope } from '../database/workspace-scope.js';

export const JOB_QUEUES = ['sessions', 'research', 'pages', 'networks', 'codeAnalysis'] as const;
export type JobQueue = (typeof JOB_QUEUES)[number];

export const JOB_STATUSES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** A job is begun at most this often, crashes included; then it is set aside as failed, and others go on. */
export const MAX_JOB_TRIES = 5;
/** Longest that a call may wait for a job (`Prefer: wait=8`). */
export const MAX_JOB_WAIT_MS = 8000;

export interface JobRequest<I extends object = object> {
  readonly kind: string;
  /** Small: ids and the caller's words, never contents that belong into a table of their own. */
  readonly input: I;
  /** 1-10, 10 is the most urgent; default 5. */
  readonly priority?: number;
}

/** What a handler leaves: where the result is, and what is small enough to be shown with the job. */
export interface JobResult {
  readonly result?: object;
  /** Path below the server's own address: `/v1/networks/…`. */
  readonly resultUrl?: string;
}

export interface JobFailure {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
}

/** One try of a job. */
export interface JobRun {
  readonly id: string;
  readonly scope: WorkspaceScope;
  /** 1 to MAX_JOB_TRIES. */
  readonly attempt: number;
  /** Fires within a second of the job's cancellation. */
  readonly signal: AbortSignal;
  /**
   * @param percent 0-100
   * @throws AppError `job_not_running` when this try no longer counts: it was cancelled, or another process took it over
   */
  progress(percent: number): Promise<void>;
}

/**
 * At-least-once: a try may be repeated from its start, so what it writes must be an upsert under a natural key. Its result
 * is written exactly once. An AppError of the caller's making ends the job at once; anything else is tried again.
 */
export type JobHandler<I extends object> = (input: I, job: JobRun) => Promise<JobResult>;

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly queue: JobQueue;
  readonly status: JobStatus;
  /** 0-100 */
  readonly progress: number;
  readonly attempt: number;
  readonly priority: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt?: Date;
  readonly result?: object;
  readonly resultUrl?: string;
  readonly error?: JobFailure;
}

export function isOver(status: JobStatus): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}
