import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { runShared } from '../deadline/shared-work.js';
import type { CacheKey, CacheLoadOptions } from './cache.types.js';
import { EntryMaker, type Made } from './entry-maker.js';
import { failureOf } from './failures.js';
import type { Entry } from './first-tier.js';
import type { Flight, FlightResult, Landing } from './flights.js';
import { InvalidationBus } from './invalidation-bus.js';
import { LocalState } from './local-state.js';
import { type Claim, LEASE_MS } from './second-tier.js';
import { SharedTier } from './shared-tier.js';

/** A key whose value is asked for, with who can make it. */
export interface Question<T> {
  readonly key: CacheKey;
  /** The key in Redis. */
  readonly text: string;
  readonly load: () => Promise<T>;
  readonly options: CacheLoadOptions<T>;
}

/** What the second tier holds: the id of its value, and the value unless its time is over. */
interface Look {
  readonly id: string;
  readonly entry?: Entry;
}

type Mine = Extract<Claim, { kind: 'mine' }>;

/** Without messages a waiter looks again after this many milliseconds. */
const LOOK_AGAIN_MS = 100;
/** After so many claims that found another value than was read, what stands there is none of ours. */
const MOST_CHANGES = 5;

/**
 * One load of a key in the whole cluster:
 *
 *     read the second tier ─fresh─▶ that is it
 *            │ nothing, or in its grace
 *     claim ─▶ mine: load, store under the claim's token ─▶ others are told
 *            ├▶ held: wait to be told, or for the lease to end, then read again
 *            ├▶ failed: the other process's error
 *            └▶ away: load for this process alone
 *
 * An invalidation takes the claim away, so that what was loaded before it is stored by nobody.
 */
@Injectable()
export class Loader {
  constructor(
    private readonly stores: LocalState,
    private readonly shared: SharedTier,
    private readonly bus: InvalidationBus,
    private readonly maker: EntryMaker,
    private readonly clock: Clock,
  ) {}

  /** Begins the flight of a question; all who ask the same meanwhile await what it gives. */
  begin<T>(question: Question<T>): Promise<Landing> {
    const { key, options } = question;
    const tags = typeof options.tags === 'function' ? undefined : (options.tags ?? []);
    const flight = this.stores.flights.begin(key, tags);
    const result = this.fly(flight, question);
    flight.result = result;
    return result;
  }

  get secondTier() {
    return this.shared.state;
  }

  /** A read without a load; what is found is kept by this process. */
  async read(key: CacheKey, text: string): Promise<Entry | undefined> {
    const flight = this.stores.flights.begin(key, undefined, false);
    try {
      const found = await this.look(flight, text);
      if (this.isFresh(found?.entry)) this.stores.counters.hit('hitsL2', found.entry, undefined);
      return found?.entry;
    } finally {
      this.stores.flights.end(flight);
    }
  }

  /** The sum in the second tier; undefined when there is none now. */
  increment(key: CacheKey, text: string, by: number, ttlMs: number): Promise<number | undefined> {
    return this.shared.increment(key.region, text, by, ttlMs);
  }

  /** Reads the second tier; what is found is kept by this process, for the time it has left. */
  async look(flight: Flight, text: string): Promise<Look | undefined> {
    const reading = this.find(flight, text);
    return reading && this.kept(flight, text, await reading, this.clock.nowMs());
  }

  private find(flight: Flight, text: string): Promise<unknown> | undefined {
    flight.begins(this.stores.flights.nextSerial());
    return this.shared.read(text);
  }

  private kept(flight: Flight, text: string, read: unknown, now: number): Look | undefined {
    const found = this.shared.found(flight.key, text, flight.serial, read);
    flight.blind = found === 'failed';
    if (found === undefined || found === 'failed') return undefined;
    flight.hasFound(found.entry.tags);
    if (found.entry.deadAt <= now) return { id: found.id };
    if (!flight.fenced && !flight.superseded) this.stores.first.set(found.entry);
    return found;
  }

  private async fly<T>(flight: Flight, question: Question<T>): Promise<Landing> {
    const { text, options } = question;
    const reading = options.mode === 'reload' ? undefined : this.find(flight, text);
    // Also where nothing is read: who asks at the same moment joins this flight.
    const read = await reading;
    const now = this.clock.nowMs();
    const found = reading && this.kept(flight, text, read, now);
    const entry = found?.entry;
    if (entry !== undefined && now < entry.freshUntil) {
      this.stores.flights.end(flight);
      return { entry, outcome: 'hit', stored: true };
    }
    const next = this.loadAnew(flight, question, options.mode === 'reload' ? '*' : (found?.id ?? ''));
    if (entry === undefined) return next;
    // Who serves the old value does not wait for the new one.
    next.catch(() => undefined);
    return { entry, outcome: 'stale', next };
  }

  private async loadAnew<T>(flight: Flight, question: Question<T>, seen: string): Promise<FlightResult> {
    try {
      return await (this.shared.isUp ? this.claimAndLoad(flight, question, seen) : this.load(flight, question));
    } finally {
      this.stores.flights.end(flight);
    }
  }

  private async claimAndLoad<T>(flight: Flight, question: Question<T>, seen: string): Promise<FlightResult> {
    for (let known = seen, changes = 0; ;) {
      const outcome = await this.tryClaim(flight, question, known);
      if (typeof outcome === 'object') return outcome;
      if (outcome === 'changed' && ++changes > MOST_CHANGES)
        await this.shared.remove(question.key.region, question.text);
      const found = await this.look(flight, question.text);
      if (this.isFresh(found?.entry)) return { entry: found.entry, outcome: 'coalesced', stored: true };
      known = found?.id ?? '';
    }
  }

  /** @returns the result of the load, or why to look again */
  private async tryClaim<T>(
    flight: Flight,
    question: Question<T>,
    seen: string,
  ): Promise<FlightResult | 'changed' | 'held'> {
    const { key, text } = question;
    // Before the claim is asked for: what is told between its answer and our waiting must not be missed.
    const news = this.bus.listen(text);
    try {
      const claim = await this.shared.claim(key.region, text, seen);
      switch (claim.kind) {
        case 'away':
          return await this.load(flight, question);
        case 'mine':
          return await this.loadUnder(flight, question, claim);
        case 'failed':
          throw failureOf(claim.failure);
        case 'held':
          await news.wake(this.bus.hears ? claim.leftMs + 1 : LOOK_AGAIN_MS);
          return 'held';
        case 'changed':
          return 'changed';
      }
    } finally {
      news.end();
    }
  }

  private async loadUnder<T>(flight: Flight, question: Question<T>, claim: Mine): Promise<FlightResult> {
    const { key, text } = question;
    const renewal = setInterval(() => void this.shared.renew(key.region, text, claim.token), LEASE_MS / 3).unref();
    try {
      return await this.load(flight, question, claim);
    } finally {
      clearInterval(renewal);
    }
  }

  private async load<T>(flight: Flight, question: Question<T>, claim?: Mine): Promise<FlightResult> {
    const { key, text } = question;
    let made: Made;
    try {
      made = await this.timed(flight, question);
    } catch (error) {
      await this.fail(flight, question, error, claim);
      throw error;
    }
    const { entry, storable } = made;
    const stored = storable && (await this.keep(flight, text, entry, claim));
    if (!storable && claim) await this.shared.release(key, text, claim.token);
    return { entry, outcome: 'miss', stored };
  }

  private async timed<T>(flight: Flight, { key, load, options }: Question<T>): Promise<Made> {
    const began = this.clock.monotonicMs();
    flight.begins(this.stores.flights.nextSerial());
    const value = await runShared(load);
    const loadMs = this.clock.monotonicMs() - began;
    this.stores.counters.loaded(key.region, loadMs, options.endpoint);
    const before = this.stores.first.get(key);
    return this.maker.loaded({ key, value, options, loadMs, serial: flight.serial, before });
  }

  /** @returns whether it was stored in either tier */
  private async keep(flight: Flight, text: string, entry: Entry, claim: Mine | undefined): Promise<boolean> {
    const isVoid = () => flight.fenced || flight.isTagged(entry.tags);
    if (isVoid()) {
      if (claim) await this.shared.release(entry.key, text, claim.token);
      return false;
    }
    if (claim === undefined) return this.keepAlone(flight, entry);
    flight.superseded = false;
    const outcome = await this.shared.write(text, entry, claim);
    if (outcome === 'refused') return false;
    // What this process holds may be older than what it has just stored.
    if (isVoid() || flight.superseded) this.stores.first.delete(entry.key);
    if (isVoid()) return false;
    if (outcome === 'stored') return this.keepStored(flight, entry);
    return !flight.superseded && this.stores.first.set(entry);
  }

  /** Where Redis is there and has told neither what it holds nor whose load this is, another value may stand for the others. */
  private keepAlone(flight: Flight, entry: Entry): boolean {
    return !(flight.blind && this.shared.isUp) && this.stores.first.set(entry);
  }

  /**
   * A read of this process that began after the load, and before the write, has found what was there before, and may have kept
   * it already under a higher number.
   */
  private keepStored(flight: Flight, entry: Entry): true {
    if (flight.superseded) return true;
    this.stores.flights.supersede(entry.key, flight);
    this.stores.first.set({ ...entry, serial: this.stores.flights.nextSerial() });
    return true;
  }

  private async fail<T>(flight: Flight, question: Question<T>, error: unknown, claim: Mine | undefined): Promise<void> {
    const { key, text, options } = question;
    const forMs = this.maker.policy.failureBackoffMs(key.region);
    this.stores.counters.add(key.region, 'errors', options.endpoint);
    if (forMs > 0 && !flight.fenced) this.stores.failures.remember(text, error, this.clock.nowMs() + forMs);
    if (claim) await this.shared.release(key, text, claim.token, { error, forMs: flight.fenced ? 0 : forMs });
  }

  private isFresh(entry: Entry | undefined): entry is Entry {
    return entry !== undefined && this.clock.nowMs() < entry.freshUntil;
  }
}
