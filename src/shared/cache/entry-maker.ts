import { Injectable, Logger } from '@nestjs/common';
import { Clock, Randomness } from '../clock/clock.js';
import { CacheCounters } from './cache-counters.js';
import { isTag } from './cache-key.js';
import { CachePolicy } from './cache-policy.js';
import type { CacheKey, CacheLoadOptions, CacheWriteOptions } from './cache.types.js';
import { dueEarly, jittered } from './early-refresh.js';
import { entryOf } from './entries.js';
import type { Entry } from './first-tier.js';
import { inspectValue } from './plain-value.js';

interface Loaded<T> {
  readonly key: CacheKey;
  readonly value: T;
  readonly options: CacheLoadOptions<T>;
  readonly loadMs: number;
  readonly serial: number;
  /** What the key held before, also when its time is over. */
  readonly before: Entry | undefined;
}

/** An entry, and whether it may be stored: what may not be is given to those who asked, and counted. */
export interface Made {
  readonly entry: Entry;
  readonly storable: boolean;
}

/** Turns values into entries: decides whether and how long a value is kept. */
@Injectable()
export class EntryMaker {
  private readonly log = new Logger('cache');
  /** A mistake of a caller is said once for a region, not at every request. */
  private readonly said = new Set<string>();

  constructor(
    readonly policy: CachePolicy,
    private readonly counters: CacheCounters,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {}

  /** What a load gave. Its TTL is jittered, so that what was loaded together does not end together. */
  loaded<T>({ key, value, options, loadMs, serial, before }: Loaded<T>): Made {
    const ttl = chosen(options.ttl, value);
    const tags = chosen(options.tags, value) ?? [];
    const costUsd = chosen(options.costUsd, value) ?? 0;
    const graceMs = this.policy.graceMs(key.region, chosen(options.graceTtl, value));
    const made = this.make({ key, value, tags, ttl, graceMs, loadMs, costUsd, serial, jitter: true });
    if (made.storable) this.policy.observe(before, made.entry, this.counters.lookUps(key.region));
    return made;
  }

  /** Whether a look-up now should load anew although the value is fresh. */
  isDueEarly({ storedAt, freshUntil, loadMs }: Entry, now: number): boolean {
    const random = () => this.randomness.next();
    return dueEarly({ nowMs: now, storedAtMs: storedAt, freshUntilMs: freshUntil, loadMs, random });
  }

  /** What somebody set. */
  given(key: CacheKey, value: unknown, options: CacheWriteOptions, serial: number): Made {
    const { tags = [], ttl } = options;
    const graceMs = this.policy.graceMs(key.region, undefined);
    return this.make({ key, value, tags, ttl, graceMs, loadMs: 0, costUsd: 0, serial, jitter: false });
  }

  /** A value that is only passed on. */
  passing(key: CacheKey, value: unknown): Entry {
    const nothing = { tags: [], ttlMs: 0, graceMs: 0, loadMs: 0, costUsd: 0, bytes: 0, serial: 0 };
    return entryOf({ key, value, ...nothing, now: this.clock.nowMs() }, false);
  }

  /** A key that can't be one: counted, and said once. */
  refuseKey(key: CacheKey): void {
    this.refuse(key, 'its name or owner is longer than 1 KB or holds half a surrogate pair; use a hash of it as name');
  }

  private make(parts: {
    key: CacheKey;
    value: unknown;
    tags: readonly string[];
    ttl: number | undefined;
    graceMs: number;
    loadMs: number;
    costUsd: number;
    serial: number;
    jitter: boolean;
  }): Made {
    const { key, value, tags, ttl: asked, jitter, ...rest } = parts;
    const isAbsence = value === undefined;
    const ttl = isAbsence ? this.policy.missTtl(key.region) : this.policy.ttl(key.region, asked);
    const inspection = isAbsence ? { bytes: 0 } : inspectValue(value);
    const bytes = 'bytes' in inspection ? inspection.bytes + overhead(key, tags) : 0;
    const problem = 'problem' in inspection ? inspection.problem : this.problemOf(key, bytes, tags, asked);
    if (problem !== undefined) this.refuse(key, problem);
    const storable = problem === undefined && ttl > 0 && this.policy.isEnabled;
    const wholeMs = Math.ceil(ttl * 1000);
    const ttlMs = !storable ? 0 : jitter ? jittered(wholeMs, () => this.randomness.next()) : wholeMs;
    return { entry: entryOf({ key, value, tags, ttlMs, bytes, ...rest, now: this.clock.nowMs() }, storable), storable };
  }

  private problemOf(
    key: CacheKey,
    bytes: number,
    tags: readonly string[],
    ttl: number | undefined,
  ): string | undefined {
    const max = this.policy.maxBytes(key.region);
    if (bytes > max) return `the value takes ${bytes} bytes, more than the ${max} of its region`;
    const bad = tags.find((tag) => !isTag(tag));
    if (bad !== undefined)
      return `the tag "${bad.slice(0, 40)}" is empty, longer than 512 bytes or half a surrogate pair`;
    if (ttl !== undefined && !(ttl >= 0)) return `its TTL of ${ttl} seconds is no length of time`;
    return undefined;
  }

  private refuse({ region, name }: CacheKey, problem: string): void {
    this.counters.add(region, 'bypassed');
    if (this.said.has(region)) return;
    this.said.add(region);
    this.log.warn({ region, name: name.slice(0, 100), problem }, 'a value is not cached');
  }
}

/** An option, or what it says of the value. */
function chosen<T, R>(option: R | ((value: T) => R | undefined) | undefined, value: T): R | undefined {
  return typeof option === 'function' ? (option as (value: T) => R | undefined)(value) : option;
}

/** Map entries, the entry object and its texts. */
const overhead = (key: CacheKey, tags: readonly string[]) =>
  400 + 2 * key.name.length + tags.reduce((sum, tag) => sum + 100 + 2 * tag.length, 0);
