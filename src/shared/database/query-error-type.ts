import { sqlState } from './database-errors.js';

/** Why a statement failed; a closed set, for metrics. */
export const QUERY_ERROR_TYPES = ['timeout', 'away', 'conflict', 'constraint', 'full', 'refused', 'other'] as const;
export type QueryErrorType = (typeof QUERY_ERROR_TYPES)[number];

/** By the start of PostgreSQL's code (Appendix A of its manual); the longer ones first. */
const BY_STATE: readonly (readonly [start: string, type: QueryErrorType])[] = [
  // Also what was cancelled because its request was given up.
  ['57014', 'timeout'],
  ['25P03', 'timeout'],
  ['55P03', 'conflict'],
  ['57P', 'away'],
  ['08', 'away'],
  ['40', 'conflict'],
  ['23', 'constraint'],
  ['53', 'full'],
  ['42', 'refused'],
];

/** @param error what the driver threw; without a code the connection was lost, or the driver itself gave up */
export function queryErrorTypeOf(error: unknown): QueryErrorType {
  const state = sqlState(error);
  if (state !== undefined && /^[0-9A-Z]{5}$/.test(state))
    return BY_STATE.find(([start]) => state.startsWith(start))?.[1] ?? 'other';
  return error instanceof Error && error.message.includes('Query read timeout') ? 'timeout' : 'away';
}
