import { wildcard } from './cache-key.js';
import type { CacheKey, CacheRegionName } from './cache.types.js';
import type { Entry } from './first-tier.js';

/**
 * A read or load under way. What invalidates its key while it flies fences it: whoever waits gets the value, nobody
 * stores it, and who comes later starts anew.
 */
export class Flight {
  fenced = false;
  /** What the second tier holds, fresh or in its grace; known before the load is begun. */
  found: Promise<Entry | undefined> = Promise.resolve(undefined);
  result: Promise<FlightResult> = Promise.reject(new Error('not begun'));
  /** Tags that were invalidated meanwhile: the flight's own may only be known at its end. */
  private readonly invalidated: { readonly tags: ReadonlySet<string>; readonly owner?: string }[] = [];

  constructor(
    readonly key: CacheKey,
    readonly serial: number,
    /** Tags known beforehand; undefined: they come with the value. */
    readonly tags: readonly string[] | undefined,
    /** False: a mere read, which ends without a value when there is none. */
    private readonly loads: boolean,
  ) {
    this.result.catch(() => undefined);
  }

  invalidate(tags: readonly string[], owner: string | undefined): void {
    this.invalidated.push({ tags: new Set(tags), owner });
    this.fenced ||= this.tags !== undefined && this.isTagged(this.tags);
  }

  /** Whether a value with these tags must not be stored. */
  isTagged(tags: readonly string[]): boolean {
    return this.invalidated.some(
      ({ tags: gone, owner }) => (owner === undefined || owner === this.key.owner) && tags.some((tag) => gone.has(tag)),
    );
  }

  /** Whether a caller who comes now may take its result. */
  get isJoinable(): boolean {
    return this.loads && !this.fenced && (this.tags !== undefined || this.invalidated.length === 0);
  }
}

export interface FlightResult {
  readonly entry: Entry;
  readonly outcome: 'hit' | 'miss' | 'coalesced';
  readonly stored: boolean;
}

/** All flights of this process. Several of one key fly at once only when the earlier ones were fenced. */
export class Flights {
  private readonly flying = new Map<string, Set<Flight>>();
  private serial = 0;

  begin(text: string, key: CacheKey, tags: readonly string[] | undefined, loads = true): Flight {
    const flight = new Flight(key, this.nextSerial(), tags, loads);
    const flights = this.flying.get(text) ?? new Set();
    this.flying.set(text, flights.add(flight));
    return flight;
  }

  end(text: string, flight: Flight): void {
    const flights = this.flying.get(text);
    flights?.delete(flight);
    if (flights?.size === 0) this.flying.delete(text);
  }

  /** Number of the next load or write, ascending. */
  nextSerial(): number {
    return ++this.serial;
  }

  joinable(text: string): Flight | undefined {
    const flights = this.flying.get(text);
    if (flights === undefined) return undefined;
    for (const flight of flights) if (flight.isJoinable) return flight;
    return undefined;
  }

  fenceKey(text: string): void {
    for (const flight of this.flying.get(text) ?? []) flight.fenced = true;
  }

  fencePattern(region: CacheRegionName, owner: string, pattern: string): void {
    const matches = wildcard(pattern);
    for (const flight of this.all())
      if (flight.key.region === region && flight.key.owner === owner && matches(flight.key.name)) flight.fenced = true;
  }

  fenceTags(tags: readonly string[], owner: string | undefined): void {
    for (const flight of this.all()) flight.invalidate(tags, owner);
  }

  fenceAll(): void {
    for (const flight of this.all()) flight.fenced = true;
  }

  private *all(): Iterable<Flight> {
    for (const flights of this.flying.values()) yield* flights;
  }
}
