import { LRUCache } from 'lru-cache';
import type { CacheKey, CacheRegionName } from './cache.types.js';
import { wildcard } from './cache-key.js';

/** A value as it is kept in this process. Times are milliseconds since 1970 on this process's clock. */
export interface Entry {
  readonly key: CacheKey;
  /** Undefined: the remembered absence of a value. */
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly storedAt: number;
  readonly freshUntil: number;
  /** From here on a look-up may refresh it early. */
  readonly earlyFrom: number;
  /** End of the grace: after it the value is served to nobody. */
  readonly deadAt: number;
  /** What a hit saves: milliseconds and US dollars of the load. */
  readonly loadMs: number;
  readonly costUsd: number;
  /** What it takes in memory, an upper bound. */
  readonly bytes: number;
  /** Number of the load in this process that made it, so that an older load never replaces a newer one's value. */
  readonly serial: number;
  /** Made at the first hit: one promise serves them all. */
  settled: Promise<unknown> | undefined;
  /** When its use was last noted. */
  usedAt: number;
}

/** Use is noted once in so many milliseconds: noting each would cost as much as the look-up. */
const NOTE_EVERY_MS = 250;

interface Size {
  entries: number;
  bytes: number;
}

/**
 * Values of this process, bounded by bytes, the least recently used leaves first.
 *
 * Three maps lead to an entry, region → owner → name: joining the three parts to one text would cost four times as much as
 * the whole look-up, because such a text has to be flattened and hashed. `lru-cache` keeps order and bounds, keyed by the
 * entry itself.
 */
export class FirstTier {
  private readonly index = new Map<CacheRegionName, Map<string, Map<string, Entry>>>();
  private readonly tagged = new Map<string, Set<Entry>>();
  private readonly sizes = new Map<CacheRegionName, Size>();
  private readonly recency?: LRUCache<Entry, true>;
  private lastRegion?: CacheRegionName;
  private lastOwner?: string;
  private lastNames?: Map<string, Entry>;

  /** @param maxBytes 0: nothing is kept */
  constructor(readonly maxBytes: number) {
    if (maxBytes > 0)
      this.recency = new LRUCache({
        maxSize: maxBytes,
        sizeCalculation: (_true, entry) => entry.bytes,
        dispose: (_true, entry) => this.unlink(entry),
      });
  }

  /** What is kept for the key, also when its time is over. */
  get(key: CacheKey): Entry | undefined {
    return this.index.get(key.region)?.get(key.owner)?.get(key.name);
  }

  /** The same for a look-up at `now` milliseconds: what is used stays longer. */
  use(key: CacheKey, now: number): Entry | undefined {
    const entry = this.namesOf(key)?.get(key.name);
    if (entry !== undefined && now - entry.usedAt >= NOTE_EVERY_MS) {
      entry.usedAt = now;
      this.recency?.get(entry);
    }
    return entry;
  }

  /** Look-ups come in bursts of one owner: the last way through the first two maps is remembered. */
  private namesOf({ region, owner }: CacheKey): Map<string, Entry> | undefined {
    if (owner === this.lastOwner && region === this.lastRegion) return this.lastNames;
    this.lastNames = this.index.get(region)?.get(owner);
    this.lastRegion = region;
    this.lastOwner = owner;
    return this.lastNames;
  }

  /** @returns whether it was taken: not when it alone is larger than the bound, or older than what is there */
  set(entry: Entry): boolean {
    if (this.recency === undefined) return false;
    const before = this.get(entry.key);
    if (before !== undefined && before.serial > entry.serial) return false;
    if (before !== undefined) this.recency.delete(before);
    if (entry.bytes > this.maxBytes) return false;
    this.link(entry);
    this.recency.set(entry, true);
    return true;
  }

  delete(key: CacheKey): boolean {
    const entry = this.get(key);
    return entry !== undefined && (this.recency?.delete(entry) ?? false);
  }

  /** @returns what was deleted, for the statistics */
  deletePattern(region: CacheRegionName, owner: string, pattern: string): readonly Entry[] {
    const matches = wildcard(pattern);
    const names = this.index.get(region)?.get(owner);
    return this.remove([...(names?.values() ?? [])].filter(({ key }) => matches(key.name)));
  }

  /** @param owner only entries of this owner; absent: of all */
  deleteTags(tags: readonly string[], owner?: string): readonly Entry[] {
    const found = new Set(tags.flatMap((tag) => [...(this.tagged.get(tag) ?? [])]));
    return this.remove([...found].filter(({ key }) => owner === undefined || key.owner === owner));
  }

  clear(): void {
    this.recency?.clear();
  }

  sizeOf(region: CacheRegionName): Readonly<Size> {
    return this.sizes.get(region) ?? { entries: 0, bytes: 0 };
  }

  get entries(): number {
    return this.recency?.size ?? 0;
  }

  get bytes(): number {
    return this.recency?.calculatedSize ?? 0;
  }

  private remove(entries: readonly Entry[]): readonly Entry[] {
    for (const entry of entries) this.recency?.delete(entry);
    return entries;
  }

  private link(entry: Entry): void {
    const { region, owner, name } = entry.key;
    const owners = childOf(this.index, region, () => new Map<string, Map<string, Entry>>());
    this.lastOwner = undefined;
    childOf(owners, owner, () => new Map<string, Entry>()).set(name, entry);
    for (const tag of entry.tags) childOf(this.tagged, tag, () => new Set<Entry>()).add(entry);
    this.resize(region, 1, entry.bytes);
  }

  private unlink(entry: Entry): void {
    const { region, owner, name } = entry.key;
    const owners = this.index.get(region);
    const names = owners?.get(owner);
    names?.delete(name);
    if (names?.size === 0) owners?.delete(owner);
    this.lastOwner = undefined;
    for (const tag of entry.tags) {
      const entries = this.tagged.get(tag);
      entries?.delete(entry);
      if (entries?.size === 0) this.tagged.delete(tag);
    }
    this.resize(region, -1, -entry.bytes);
  }

  private resize(region: CacheRegionName, entries: number, bytes: number): void {
    const size = childOf(this.sizes, region, () => ({ entries: 0, bytes: 0 }));
    size.entries += entries;
    size.bytes += bytes;
  }
}

function childOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
