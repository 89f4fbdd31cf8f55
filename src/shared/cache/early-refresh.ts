/** Part of the lifetime, at its end, in which a value may be refreshed early. */
const WINDOW = 0.2;
const MAX_JITTER = 0.1;

/** Uniform in [0, 1), drawn only where it decides something. */
export type Random = () => number;

/** Milliseconds since 1970 from which `dueEarly` may say yes. */
export const earlyFrom = (storedAtMs: number, freshUntilMs: number): number =>
  freshUntilMs - (freshUntilMs - storedAtMs) * WINDOW;

export interface RefreshQuestion {
  readonly nowMs: number;
  readonly storedAtMs: number;
  readonly freshUntilMs: number;
  /** How long the value's load took. */
  readonly loadMs: number;
  readonly random: Random;
}

/**
 * Whether this look-up should load anew although the value is still fresh: the more probable the nearer the end and the
 * longer the load, so that of many callers one comes first and nobody waits at the end. XFetch with β = 1 (Vattani,
 * Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015, algorithm 1), with two limits of
 * ours: only the last 20 % of the lifetime, since a hot key with a slow load is else loaded several times as often as its
 * TTL asks for; and never once the value has ended, when it is not early any more.
 */
export function dueEarly({ nowMs, storedAtMs, freshUntilMs, loadMs, random }: RefreshQuestion): boolean {
  const left = freshUntilMs - nowMs;
  if (left <= 0 || nowMs < earlyFrom(storedAtMs, freshUntilMs)) return false;
  // 1 - u lies in (0, 1], as the paper's rand() does.
  return -Math.log(1 - random()) * loadMs >= left;
}

/**
 * A TTL shortened by at most 10 %, so that what was stored together does not end together; whole milliseconds, never longer
 * than declared (a fraction of a millisecond counts as one), and 0 stays 0. The share is ours.
 */
export function jittered(ttlMs: number, random: Random): number {
  return Math.ceil(Math.ceil(ttlMs) * (1 - MAX_JITTER * random()));
}
