import { wildcard } from './cache-key.js';
import type { CacheKey, CacheRegionName } from './cache.types.js';
import type { Entry } from './first-tier.js';

/**
 * A read or load under way. What invalidates its key while it flies fences it: whoever waits gets the value, nobody
 * stores it, and who comes later starts anew.
 */
export class Flight {
  fenced = false;
  /** Another process stored a value since the last step began: what comes of it may be the older one. */
  superseded = false;
  /** Redis has not said what it holds. */
  blind = false;
  /** Tags of what the second tier held. */
  private found: readonly string[] = [];
  /** Undefined once it is over: see `Flights.end`. */
  result?: Promise<Landing>;
  /** An earlier flight of the same name: of another region or owner, or fenced. */
  earlier?: Flight;
  /** Another flight of the same name began while it flew. */
  isFollowed = false;
  /** Tags that were invalidated meanwhile: the flight's own may only be known at its end. */
  private invalidated?: { readonly tags: ReadonlySet<string>; readonly owner?: string }[];

  constructor(
    readonly key: CacheKey,
    /** Number of its last read or load. */
    public serial: number,
    /** Tags known beforehand; undefined: they come with the value. */
    readonly tags: readonly string[] | undefined,
    /** False: a mere read, which ends without a value when there is none. */
    private readonly loads: boolean,
  ) {}

  invalidate(tags: readonly string[], owner: string | undefined): void {
    (this.invalidated ??= []).push({ tags: new Set(tags), owner });
    this.fenced ||= this.isTagged(this.found) || (this.tags !== undefined && this.isTagged(this.tags));
  }

  /** A read or load begins. @param serial its number */
  begins(serial: number): void {
    this.serial = serial;
    this.superseded = false;
  }

  /** The second tier holds a value; its tags may be others than those of the question. */
  hasFound(tags: readonly string[]): void {
    this.found = tags;
    if (this.isTagged(tags)) this.fenced = true;
  }

  /** Whether a value with these tags must not be stored. */
  isTagged(tags: readonly string[]): boolean {
    if (this.invalidated === undefined) return false;
    return this.invalidated.some(
      ({ tags: gone, owner }) => (owner === undefined || owner === this.key.owner) && tags.some((tag) => gone.has(tag)),
    );
  }

  isOf({ region, owner, name }: CacheKey): boolean {
    return this.key.name === name && this.key.owner === owner && this.key.region === region;
  }

  /** Whether a caller who comes now may take its result. */
  get isJoinable(): boolean {
    return (
      this.loads &&
      this.result !== undefined &&
      !this.fenced &&
      (this.tags !== undefined || this.invalidated === undefined)
    );
  }
}

export interface FlightResult {
  readonly entry: Entry;
  readonly outcome: 'hit' | 'miss' | 'coalesced';
  readonly stored: boolean;
}

/** What a flight gives first: its result, or a value of the second tier in its grace while the load goes on. */
export type Landing = FlightResult | StaleLanding;

export interface StaleLanding {
  readonly entry: Entry;
  readonly outcome: 'stale';
  readonly next: Promise<FlightResult>;
}

/**
 * All flights of this process, by the name of their key: the text of a whole key would have to be hashed for each look-up, while
 * the name was hashed by the first tier already. Several of one key fly at once only when the earlier ones were fenced.
 */
export class Flights {
  private readonly flying = new Map<string, Flight>();
  private serial = 0;

  begin(key: CacheKey, tags: readonly string[] | undefined, loads = true): Flight {
    const flight = new Flight(key, this.nextSerial(), tags, loads);
    const earlier = this.flying.get(key.name);
    if (earlier !== undefined) {
      earlier.isFollowed = true;
      flight.earlier = earlier;
    }
    this.flying.set(key.name, flight);
    return flight;
  }

  /**
   * A map that grew leaves its old table behind, which keeps the flights it held until the next full collection: without their
   * results, or each value would survive for nothing (half of the cost of a hit in the second tier).
   */
  end(flight: Flight): void {
    const { name } = flight.key;
    flight.result = undefined;
    const last = flight.isFollowed ? this.flying.get(name) : flight;
    if (last !== flight) this.unchain(last, flight);
    else if (flight.earlier === undefined) this.flying.delete(name);
    else this.flying.set(name, flight.earlier);
  }

  /** Number of the next load or write, ascending. */
  nextSerial(): number {
    return ++this.serial;
  }

  joinable(key: CacheKey): Flight | undefined {
    let flight = this.flying.get(key.name);
    while (flight !== undefined && !(flight.isJoinable && flight.isOf(key))) flight = flight.earlier;
    return flight;
  }

  fenceKey(key: CacheKey): void {
    for (const flight of this.of(key)) flight.fenced = true;
  }

  /** Another load stored a value: of another process, or `by` one of this process. */
  supersede(key: CacheKey, by?: Flight): void {
    for (const flight of this.of(key)) if (flight !== by) flight.superseded = true;
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

  private unchain(from: Flight | undefined, flight: Flight): void {
    for (let later = from; later !== undefined; later = later.earlier)
      if (later.earlier === flight) later.earlier = flight.earlier;
  }

  private *all(): Iterable<Flight> {
    for (const last of this.flying.values()) yield* chain(last);
  }

  private *of(key: CacheKey): Iterable<Flight> {
    for (const flight of chain(this.flying.get(key.name))) if (flight.isOf(key)) yield flight;
  }
}

function* chain(last: Flight | undefined): Iterable<Flight> {
  for (let flight = last; flight !== undefined; flight = flight.earlier) yield flight;
}
