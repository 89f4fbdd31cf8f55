const BASE_MS = 200;
const CAP_MS = 2_000;

/**
 * Milliseconds before the next attempt: full jitter (uniform between 0 and the doubled step, AWS Architecture Blog,
 * "Exponential Backoff And Jitter"), or what the upstream asked for if that is longer.
 */
export function backoffMs(attempt: number, random: number, retryAfterSeconds?: number): number {
  const jitter = random * Math.min(CAP_MS, BASE_MS * 2 ** attempt);
  return Math.max(jitter, (retryAfterSeconds ?? 0) * 1000);
}

/** Seconds of a Retry-After header, given as seconds or as an HTTP date (RFC 9110, 10.2.3); undefined when unreadable. */
export function retryAfterSeconds(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim());
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
