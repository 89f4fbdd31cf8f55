import type { LimitDecision, LimitRule } from './rate-limit.types.js';

/** A bucket: calls of the window that runs, and of the one before it. Times in milliseconds. */
export interface WindowState {
  start: number;
  before: number;
  current: number;
}

/**
 * Takes one call from a bucket, or leaves it as it is where that would be too much.
 *
 * Sliding-window counter: the calls of the window before count by the share of it that still lies within one window's length.
 * It needs three numbers however many calls there are, admits exactly `limit` in a burst after a pause, since a window begins
 * with the first call, and never lets a caller double the limit around a window's end, as a fixed window does.
 */
export function takeFrom(state: WindowState, now: number, { limit, windowMs }: LimitRule): LimitDecision {
  slide(state, now, windowMs);
  const elapsed = Math.max(0, now - state.start);
  const used = state.before * (1 - elapsed / windowMs) + state.current;
  const admitted = used + 1 <= limit + ROUNDING;
  if (admitted) state.current += 1;
  const left = Math.max(0, limit - used - (admitted ? 1 : 0));
  const remaining = Math.floor(left + ROUNDING);
  const resetMs = remaining > 0 ? windowMs - elapsed : untilFree(state, elapsed, { limit, windowMs });
  return { admitted, limit, windowMs, remaining, resetMs: Math.max(1, Math.ceil(resetMs)) };
}

/** Shares of a call that arithmetic may lose. */
const ROUNDING = 1e-6;

function slide(state: WindowState, now: number, windowMs: number): void {
  const passed = Math.floor((now - state.start) / windowMs);
  if (passed <= 0) return;
  state.before = passed === 1 ? state.current : 0;
  state.current = 0;
  // After a pause the next window begins with its first call.
  state.start = passed === 1 ? state.start + windowMs : now;
}

/** Milliseconds until one more call fits, where none does now. */
function untilFree({ before, current }: WindowState, elapsed: number, { limit, windowMs }: LimitRule): number {
  const room = limit - 1 - current;
  if (room >= 0 && before > 0) return windowMs * (1 - room / before) - elapsed;
  return windowMs - elapsed + windowMs * Math.max(0, 1 - (limit - 1) / current);
}
