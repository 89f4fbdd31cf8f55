import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { Clock } from '../clock/clock.js';
import { CACHE_REGION_NAMES } from './cache-regions.js';
import { textOf } from './cache-key.js';
import { CacheService } from './cache.service.js';
import type {
  CacheAnswer,
  CacheKey,
  CacheLoadOptions,
  CacheOutcome,
  CacheRegionName,
  CacheRegionTotals,
  CacheStatistics,
  CacheWriteOptions,
} from './cache.types.js';
import { EntryMaker } from './entry-maker.js';
import type { Entry } from './first-tier.js';
import type { FlightResult, Landing } from './flights.js';
import { Invalidator } from './invalidator.js';
import { Loader } from './loader.js';
import { LocalState } from './local-state.js';
import { firstOf } from './soft-timeout.js';

const NO_OPTIONS: CacheWriteOptions = {};

/**
 * Two tiers: values of this process, then Redis where there is one. A hit in the first tier is one look and three counts;
 * everything else is a flight (loader.ts). Invalidation is in invalidator.ts.
 */
@Injectable()
export class CacheEngine extends CacheService {
  private since: Date;

  constructor(
    private readonly local: LocalState,
    private readonly loader: Loader,
    private readonly invalidator: Invalidator,
    private readonly maker: EntryMaker,
    private readonly clock: Clock,
  ) {
    super();
    this.since = clock.now();
  }

  async get<T>(key: CacheKey): Promise<T | undefined> {
    const own = this.fresh(key);
    if (own !== undefined) this.local.counters.hit('hitsL1', own, undefined);
    // The second look: where the read found Redis away, this process's own value counts again.
    const entry = own ?? (await this.read(key)) ?? this.fresh(key);
    if (entry === undefined) this.local.counters.add(key.region, 'misses');
    return entry?.value as T | undefined;
  }

  async set<T>(key: CacheKey, value: T, options: CacheWriteOptions = NO_OPTIONS): Promise<void> {
    const text = this.textOf(key);
    if (text === undefined) return;
    const { storable } = this.maker.given(key, value, options, 0);
    // What may not be stored still ends what was there: an older value must not stay in its place.
    if (!storable) await this.invalidator.key(key, text);
    else await this.invalidator.replace(text, (serial) => this.maker.given(key, value, options, serial).entry);
  }

  async delete(key: CacheKey): Promise<boolean> {
    const text = this.textOf(key);
    return text !== undefined && this.invalidator.key(key, text);
  }

  async exists(key: CacheKey): Promise<boolean> {
    return (this.fresh(key) ?? (await this.read(key))) !== undefined;
  }

  invalidatePattern(region: CacheRegionName, owner: string, pattern: string): Promise<number> {
    return this.invalidator.pattern(region, owner, pattern);
  }

  invalidateTags(tags: readonly string[], owner?: string): Promise<number> {
    return this.invalidator.tags(tags, owner);
  }

  getOrSet<T>(key: CacheKey, load: () => Promise<T>, options: CacheLoadOptions<T> = NO_OPTIONS): Promise<T> {
    const now = this.clock.nowMs();
    const entry = options.mode === 'reload' ? undefined : this.fresh(key, now);
    if (entry === undefined) return this.ask(key, load, options, now, valueOf<T>);
    this.hit(entry, now, load, options);
    return (entry.settled ??= Promise.resolve(entry.value)) as Promise<T>;
  }

  lookUp<T>(
    key: CacheKey,
    load: () => Promise<T>,
    options: CacheLoadOptions<T> = NO_OPTIONS,
  ): CacheAnswer<T> | Promise<CacheAnswer<T>> {
    const now = this.clock.nowMs();
    const entry = options.mode === 'reload' ? undefined : this.fresh(key, now);
    if (entry === undefined)
      return this.ask(key, load, options, now, (served) => this.answer<T>(served, this.clock.nowMs()));
    this.hit(entry, now, load, options);
    return this.answer<T>({ entry, outcome: 'hit', stored: true }, now);
  }

  held<T>(key: CacheKey, endpoint?: string): CacheAnswer<T> | undefined {
    const now = this.clock.nowMs();
    const entry = this.fresh(key, now);
    // Near the end of its time a look-up may begin the next load, which only `lookUp` can.
    if (entry === undefined || now >= entry.earlyFrom) return undefined;
    this.local.counters.hit('hitsL1', entry, endpoint);
    return this.answer<T>({ entry, outcome: 'hit', stored: true }, now);
  }

  async getOrSetMany<T>(
    keys: readonly CacheKey[],
    load: (missing: readonly CacheKey[]) => Promise<readonly T[]>,
    options: CacheLoadOptions<T> = NO_OPTIONS,
  ): Promise<readonly T[]> {
    // Those whose turn to load comes in one moment are loaded by one call.
    const batch = new DataLoader<CacheKey, T>(load, { cache: false, batchScheduleFn: (all) => setImmediate(all) });
    return Promise.all(keys.map((key) => this.getOrSet(key, () => batch.load(key), options)));
  }

  async increment(key: CacheKey, by = 1, options: CacheWriteOptions = NO_OPTIONS): Promise<number> {
    const text = this.textOf(key);
    const ttlMs = this.maker.policy.ttl(key.region, options.ttl) * 1000;
    const shared = text === undefined ? undefined : await this.loader.increment(key, text, by, ttlMs);
    if (shared !== undefined) return shared;
    const before = this.fresh(key);
    const sum = (typeof before?.value === 'number' ? before.value : 0) + by;
    const ttl = before ? (before.freshUntil - this.clock.nowMs()) / 1000 : options.ttl;
    const serial = this.local.flights.nextSerial();
    const { entry, storable } = this.maker.given(key, sum, { tags: before?.tags, ...options, ttl }, serial);
    if (storable) this.local.first.set(entry);
    return sum;
  }

  statistics(): CacheStatistics {
    const { first, counters } = this.local;
    const regions = CACHE_REGION_NAMES.map((region) => ({
      region,
      ...counters.regionCounts(region),
      ...first.sizeOf(region),
      ...this.maker.policy.ttlInForce(region),
    }));
    return {
      since: this.since,
      regions,
      endpoints: counters.endpointCounts(),
      firstTier: { entries: first.entries, bytes: first.bytes, maxBytes: first.maxBytes },
      secondTier: this.loader.secondTier,
    };
  }

  totals(): readonly CacheRegionTotals[] {
    return this.local.counters.totals();
  }

  resetStatistics(): void {
    this.local.counters.reset();
    this.since = this.clock.now();
  }

  async healthCheck(): Promise<boolean> {
    return this.loader.secondTier !== 'away';
  }

  private fresh(key: CacheKey, now = this.clock.nowMs()): Entry | undefined {
    if (!this.invalidator.isFirstTierTrusted) return undefined;
    const entry = this.local.first.use(key, now);
    return entry !== undefined && now < entry.freshUntil ? entry : undefined;
  }

  /** Counts a hit of the first tier and, near the end of its time, may begin the next load in the background. */
  private hit<T>(entry: Entry, now: number, load: () => Promise<T>, options: CacheLoadOptions<T>): void {
    this.local.counters.hit('hitsL1', entry, options.endpoint);
    if (now >= entry.earlyFrom && this.maker.isDueEarly(entry, now)) this.refresh(entry.key, load, options);
  }

  private refresh<T>(key: CacheKey, load: () => Promise<T>, options: CacheLoadOptions<T>): void {
    const text = this.textOf(key);
    if (text === undefined || this.local.flights.joinable(key)) return;
    this.loader.begin({ key, text, load, options: { ...options, mode: 'reload' } }).catch(() => undefined);
  }

  /** A read without a load. */
  private async read(key: CacheKey): Promise<Entry | undefined> {
    const text = this.textOf(key);
    if (text === undefined || this.loader.secondTier !== 'up') return undefined;
    const entry = await this.loader.read(key, text);
    return entry !== undefined && this.clock.nowMs() < entry.freshUntil ? entry : undefined;
  }

  /**
   * What is not fresh in the first tier at `now`, as `give` shows it. Each promise more would be a hundredth of a hit in the
   * second tier, so none stands between the flight and its caller.
   */
  private ask<T, R>(
    key: CacheKey,
    load: () => Promise<T>,
    options: CacheLoadOptions<T>,
    now: number,
    give: (served: Served) => R,
  ): Promise<R> {
    const text = this.textOf(key);
    if (text === undefined) return this.passBy(key, load, options).then(give);
    const isReload = options.mode === 'reload';
    const known = isReload ? undefined : this.graceOf(key, now);
    const joined = this.local.flights.joinable(key);
    const failure = joined || isReload ? undefined : this.local.failures.of(text, now);
    if (failure !== undefined) return this.afterFailure(key, known, failure.error, options).then(give);
    const result = joined?.result ?? this.loader.begin({ key, text, load, options });
    const wasJoined = joined !== undefined;
    if (known !== undefined) return this.whileStale(result, known, wasJoined, options).then(give);
    return result.then((landing) =>
      landing.outcome === 'stale'
        ? this.whileStale(landing.next, landing.entry, wasJoined, options).then(give)
        : give(this.landed(landing, wasJoined, options)),
    );
  }

  /** A load of this key has just failed: a value in its grace, or the same error again. */
  private async afterFailure<T>(
    key: CacheKey,
    known: Entry | undefined,
    error: unknown,
    { endpoint }: CacheLoadOptions<T>,
  ): Promise<Served> {
    if (known !== undefined) return this.stale(known, endpoint);
    this.local.counters.add(key.region, 'errors', endpoint);
    throw error;
  }

  /** The new value if it comes within the soft timeout, else the one in its grace; also when the load fails. */
  private async whileStale<T>(
    result: Promise<Landing>,
    stale: Entry,
    wasJoined: boolean,
    options: CacheLoadOptions<T>,
  ): Promise<Served> {
    const softMs = this.maker.policy.softTimeoutMs(stale.key.region, options);
    const landing = await firstOf(result.then(lastOf), softMs);
    return landing === undefined ? this.stale(stale, options.endpoint) : this.landed(landing, wasJoined, options);
  }

  private landed<T>(landing: FlightResult, wasJoined: boolean, { endpoint }: CacheLoadOptions<T>): Served {
    const { counters } = this.local;
    const outcome = wasJoined ? 'coalesced' : landing.outcome;
    if (outcome === 'hit') counters.hit('hitsL2', landing.entry, endpoint);
    else counters.add(landing.entry.key.region, outcome === 'miss' ? 'misses' : 'coalesced', endpoint);
    return wasJoined ? { ...landing, outcome } : landing;
  }

  private stale(entry: Entry, endpoint: string | undefined): Served {
    this.local.counters.hit('stale', entry, endpoint);
    return { entry, outcome: 'stale', stored: true };
  }

  /** A key that can't be one, or caching is off: every look-up is a load of its own. */
  private async passBy<T>(key: CacheKey, load: () => Promise<T>, { endpoint }: CacheLoadOptions<T>): Promise<Served> {
    this.local.counters.add(key.region, 'misses', endpoint);
    return { entry: this.maker.passing(key, await load()), outcome: 'bypass', stored: false };
  }

  private answer<T>({ entry, outcome, stored }: Served, now: number): CacheAnswer<T> {
    return {
      value: entry.value as T,
      outcome,
      age: Math.max(0, (now - entry.storedAt) / 1000),
      ttl: (entry.freshUntil - now) / 1000,
      stored,
      secondTierAway: this.loader.secondTier === 'away',
    };
  }

  /** What this process holds in its grace, where it would have heard of its end. */
  private graceOf(key: CacheKey, now: number): Entry | undefined {
    const entry = this.invalidator.isFirstTierTrusted ? this.local.first.get(key) : undefined;
    return entry !== undefined && entry.freshUntil <= now && now < entry.deadAt ? entry : undefined;
  }

  /** The key in Redis; undefined when it is not cached. */
  private textOf(key: CacheKey): string | undefined {
    if (!this.maker.policy.isEnabled) return undefined;
    const text = textOf(key);
    if (text === undefined) this.maker.refuseKey(key);
    return text;
  }
}

/** An entry with how it came. */
interface Served {
  readonly entry: Entry;
  readonly outcome: CacheOutcome;
  readonly stored: boolean;
}

const valueOf = <T>({ entry }: Served): T => entry.value as T;

const lastOf = (landing: Landing): FlightResult | Promise<FlightResult> =>
  landing.outcome === 'stale' ? landing.next : landing;
