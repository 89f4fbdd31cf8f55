import { earlyFrom } from './early-refresh.js';
import type { CacheKey } from './cache.types.js';
import type { Entry } from './first-tier.js';
import type { Envelope, EnvelopeAbout } from './store-client.js';

/** What a new entry is made of. */
export interface EntryParts {
  readonly key: CacheKey;
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly now: number;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly loadMs: number;
  readonly costUsd: number;
  readonly bytes: number;
  readonly serial: number;
}

/**
 * Entries are shared by reference: the top is frozen, so a caller that changes its copy fails loudly, not silently. A value
 * that is not stored belongs to its caller and is left as it is.
 */
export function entryOf(parts: EntryParts, stored: boolean): Entry {
  const { now, ttlMs, graceMs, value } = parts;
  const freshUntil = now + ttlMs;
  const { key, tags, loadMs, costUsd, bytes, serial } = parts;
  const deadAt = freshUntil + graceMs;
  const held = stored ? frozen(value) : value;
  return shaped({ key, value: held, tags, storedAt: now, freshUntil, deadAt, loadMs, costUsd, bytes, serial });
}

const frozen = (value: unknown) => (typeof value === 'object' && value !== null ? Object.freeze(value) : value);

/** All entries have the same members in the same order: a look-up meets one hidden class. */
function shaped(parts: Omit<Entry, 'earlyFrom' | 'settled' | 'usedAt'>): Entry {
  return {
    key: parts.key,
    value: parts.value,
    tags: parts.tags,
    storedAt: parts.storedAt,
    freshUntil: parts.freshUntil,
    earlyFrom: earlyFrom(parts.storedAt, parts.freshUntil),
    deadAt: parts.deadAt,
    loadMs: parts.loadMs,
    costUsd: parts.costUsd,
    bytes: parts.bytes,
    serial: parts.serial,
    settled: undefined,
    usedAt: 0,
  };
}

/** The form in Redis, whose clock is `aheadMs` ahead of ours. */
export function envelopeOf(entry: Entry, id: string, aheadMs: number): Envelope {
  const { storedAt, freshUntil, deadAt, bytes, value, tags } = entry;
  const loadMs = Math.round(entry.loadMs * 100) / 100;
  const about: EnvelopeAbout = [loadMs, entry.costUsd, tags.length > 0 ? tags : 0, value === undefined ? 1 : 0];
  while (about.at(-1) === 0) about.pop();
  return [id, storedAt + aheadMs, freshUntil - storedAt, deadAt - freshUntil, bytes, value, ...about];
}

/** Milliseconds of Redis's clock at which its time is over. */
export const deadAtOf = ([, storedAt, freshMs, graceMs]: Envelope): number => storedAt + freshMs + graceMs;

/** A backfilled entry keeps the time it has left. */
export function entryFrom(envelope: Envelope, key: CacheKey, serial: number, aheadMs: number): Entry {
  const storedAt = envelope[1] - aheadMs;
  const freshUntil = storedAt + envelope[2];
  return shaped({
    key,
    value: envelope[9] === 1 ? undefined : frozen(envelope[5]),
    tags: envelope[8] || NO_TAGS,
    storedAt,
    freshUntil,
    deadAt: freshUntil + envelope[3],
    loadMs: envelope[6] ?? 0,
    costUsd: envelope[7] ?? 0,
    bytes: envelope[4],
    serial,
  });
}

const NO_TAGS: readonly string[] = [];
