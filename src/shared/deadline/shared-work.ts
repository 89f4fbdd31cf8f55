import { currentDeadline, runBound } from '../logging/request-context.js';

/**
 * Runs work that several requests may wait for: it has the whole time from now on, whoever began it and however little time that
 * one has left, and it goes on when that one's client goes away. Outside of a request nothing bounds it.
 */
export async function runShared<T>(work: () => Promise<T>): Promise<T> {
  const deadline = currentDeadline()?.anew();
  if (deadline === undefined) return work();
  try {
    return await runBound(deadline, work);
  } finally {
    deadline.lift();
  }
}
