/** What a number of rows per second means for the way in which they are moved. */
import type { Deadline } from './facts.types.js';

/** Statements per second of one connection at a round trip of 1 ms: the usual reason why a load misses its window. */
const STATEMENTS = 1_000;

/** @param perSecond rows per second that the window asks for; @param key of the deadline, to name its requirement */
export function batchConsequence(deadline: Deadline, perSecond: number, key: string): string {
  if (deadline.kind === 'export') return `{R:EXPORT-TIME#${key}}; read through one cursor, never all rows in memory`;
  const requirement = `{R:BATCH-TIME#${key}}`;
  const part = Math.round((100 * perSecond) / STATEMENTS);
  if (part > 100) return `${requirement}; one statement per row cannot reach it at 1 ms a round trip: COPY or batches`;
  if (part > 50)
    return `${requirement}; one statement per row at 1 ms a round trip takes ${part} % of the time, too much to start again after a failure: COPY or batches`;
  return `${requirement}; even one statement per row at 1 ms a round trip takes ${part} % of the time: single statements would do, and a failed run can start again`;
}
