import { AppError } from '../errors/app-error.js';
import { type JobFailure, MAX_JOB_TRIES } from './jobs.types.js';

export const jobErrors = {
  notFound: () =>
    new AppError(
      'not-found',
      'job_not_found',
      'There is no such job; its address is in the Location of the call that made it.',
    ),
  over: (status: string) =>
    new AppError(
      'conflict',
      'job_over',
      `The job is ${status} and can no longer be cancelled; make a new one if you need it.`,
    ),
  notRunning: () =>
    new AppError('conflict', 'job_not_running', 'This try of the job no longer counts; nothing is left to do.'),
} as const;

/** What a job that kept failing, or kept taking its process down, leaves to its owner. */
export function setAside(last?: JobFailure): JobFailure {
  const cause = last ? ` The last cause: ${last.message}` : ' The process ended each time before it could say why.';
  return {
    kind: last?.kind ?? 'internal',
    code: 'job_set_aside',
    message: `The job was tried ${MAX_JOB_TRIES} times and set aside; change its input or try again later.${cause}`,
  };
}
