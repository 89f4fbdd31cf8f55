import type { CacheRegionName } from './cache-regions.js';

/** What was seen of a region since it was last looked at. */
export interface RegionObservations {
  /** Loads whose earlier value was known, so that the two could be compared. */
  readonly loads: number;
  /** Share of them whose value had changed, 0 to 1. */
  readonly changedShare: number;
  /** Mean time between two compared loads of a key. */
  readonly secondsBetweenLoads: number;
  readonly meanLoadMs: number;
  /** Share of look-ups that found a value, 0 to 1. */
  readonly hitRate: number;
}

/** Seconds. */
export interface TtlBounds {
  readonly min: number;
  readonly max: number;
}

export interface AdaptedTtl {
  /** Whole seconds. */
  readonly ttl: number;
  /** A sentence for the statistics. */
  readonly reason: string;
}

/** Fewer say nothing yet. */
const ENOUGH_LOADS = 10;
/** Look-ups that find a value this often gain nothing from a longer TTL. */
const ENOUGH_HITS = 0.98;
/** Share of time that a value may be out of date: for loads of 1 ms and less, and for those of 10 s and more. */
const STALE_SHARE = { quick: 0.02, slow: 0.2 } as const;
/** Smaller corrections are not made, so that the TTL does not flap; larger ones are made in steps. */
const DEAD_BAND = 1.25;
const STEP = { longer: 2, shorter: 4 } as const;

/**
 * The TTL that keeps a region's values out of date for a tolerated share of the time, in steps from the one in force.
 *
 * - How often a value changes: with X changes seen in n loads one interval apart, the rate is
 *   -ln((n - X + 0.5) / (n + 0.5)) per interval, for changes that come as a Poisson process (Cho, Garcia-Molina: Estimating
 *   Frequency of Change, ACM TOIT 3(3), 2003, the bias-reduced estimator).
 * - How long it may be kept: at rate λ it is out of date for 1 - (1 - e^-λT) / λT of the time (the same: Synchronizing a
 *   Database to Improve Freshness, SIGMOD 2000), which is λT / 2 for small shares, so T = 2 × share / λ.
 * - The tolerated share grows with the logarithm of the load time, from 2 % to 20 %; no longer TTL where hits suffice; the
 *   steps and the dead band: these are ours, as are all constants above.
 */
export function adaptTtl(current: number, seen: RegionObservations, bounds: TtlBounds): AdaptedTtl {
  const from = within(bounds, current);
  const fact = `values changed in ${percent(seen.changedShare)} of ${Math.round(seen.loads)} loads`;
  if (seen.loads < ENOUGH_LOADS) return { ttl: from, reason: `fewer than ${ENOUGH_LOADS} loads compared: ${from} s` };
  const fits = 2 * toleratedStaleShare(seen.meanLoadMs) * secondsBetweenChanges(seen);
  const wanted = within(bounds, Math.min(Math.max(fits, from / STEP.shorter), from * STEP.longer));
  if (wanted > from && seen.hitRate >= ENOUGH_HITS) {
    return { ttl: from, reason: `${fact}, and ${percent(seen.hitRate)} of look-ups hit: kept at ${from} s` };
  }
  // A bound is reached however small the step to it is.
  const isSmall =
    wanted < from * DEAD_BAND && wanted > from / DEAD_BAND && wanted !== bounds.min && wanted !== bounds.max;
  if (wanted === from || isSmall) return { ttl: from, reason: `${fact}: kept at ${from} s` };
  return { ttl: wanted, reason: `${fact}: ${wanted > from ? 'lengthened' : 'shortened'} from ${from} s` };
}

/** Mean time between two changes of a value; infinite when none was seen. */
export function secondsBetweenChanges({ loads, changedShare, secondsBetweenLoads }: RegionObservations): number {
  const unchanged = loads * (1 - Math.min(Math.max(changedShare, 0), 1));
  return Math.max(secondsBetweenLoads, 0.001) / Math.log((loads + 0.5) / (unchanged + 0.5));
}

/** 32-bit hash of a text (FNV-1a by UTF-16 code units) to compare a value with its successor; of 2^32 changes one is missed. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function toleratedStaleShare(loadMs: number): number {
  const decades = Math.log10(Math.max(loadMs, 1)) / 4;
  return STALE_SHARE.quick + (STALE_SHARE.slow - STALE_SHARE.quick) * Math.min(decades, 1);
}

const within = ({ min, max }: TtlBounds, ttl: number) => Math.round(Math.min(Math.max(ttl, min), max));
const percent = (share: number) => `${Math.round(share * 100)} %`;

/** A load and what it showed. */
export interface ObservedLoad {
  /** Whether the value differs from the key's earlier one; undefined: none was known. */
  readonly changed: boolean | undefined;
  readonly loadMs: number;
  /** Since the earlier value was loaded; used only when there was one. */
  readonly secondsSince?: number;
}

/** Totals since any start; only their growth is used. */
export interface LookUps {
  readonly hits: number;
  readonly misses: number;
}

interface Seen {
  bounds: TtlBounds;
  adapted: AdaptedTtl;
  loads: number;
  changed: number;
  seconds: number;
  loadMs: number;
  sinceReview: number;
  lookUps: LookUps;
}

/** Compared loads between two decisions about a region. */
const REVIEW_EVERY = 25;
/** From here on the sums are halved, so that the past fades. */
const REMEMBERED_LOADS = 100;

/** The TTLs of the regions that adapt, in a few numbers for each. */
export class AdaptiveTtls {
  private readonly regions = new Map<CacheRegionName, Seen>();

  /** @param ttl seconds, what is declared: the beginning */
  declare(region: CacheRegionName, ttl: number, bounds: TtlBounds): void {
    const from = within(bounds, ttl);
    const adapted = { ttl: from, reason: `fewer than ${ENOUGH_LOADS} loads compared: ${from} s` };
    const nothing = { loads: 0, changed: 0, seconds: 0, loadMs: 0, sinceReview: 0, lookUps: { hits: 0, misses: 0 } };
    this.regions.set(region, { bounds, adapted, ...nothing });
  }

  /** The TTL in force; undefined for a region that was not declared as adaptive. */
  of(region: CacheRegionName): AdaptedTtl | undefined {
    return this.regions.get(region)?.adapted;
  }

  /** Takes a load into account; every 25 of them the TTL is decided anew. */
  observe(region: CacheRegionName, load: ObservedLoad, lookUps: LookUps): void {
    const seen = this.regions.get(region);
    if (seen === undefined || load.changed === undefined) return;
    seen.loads += 1;
    seen.changed += load.changed ? 1 : 0;
    seen.seconds += load.secondsSince ?? seen.adapted.ttl;
    seen.loadMs += load.loadMs;
    seen.sinceReview += 1;
    if (seen.sinceReview >= REVIEW_EVERY) review(seen, lookUps);
  }
}

function review(seen: Seen, lookUps: LookUps): void {
  seen.sinceReview = 0;
  seen.adapted = adaptTtl(seen.adapted.ttl, observationsOf(seen, lookUps), seen.bounds);
  seen.lookUps = lookUps;
  if (seen.loads < REMEMBERED_LOADS) return;
  seen.loads /= 2;
  seen.changed /= 2;
  seen.seconds /= 2;
  seen.loadMs /= 2;
}

function observationsOf(seen: Seen, { hits, misses }: LookUps): RegionObservations {
  // A reset of the statistics makes the totals smaller than they were.
  const newHits = hits < seen.lookUps.hits ? hits : hits - seen.lookUps.hits;
  const newMisses = misses < seen.lookUps.misses ? misses : misses - seen.lookUps.misses;
  return {
    loads: seen.loads,
    changedShare: seen.changed / seen.loads,
    secondsBetweenLoads: seen.seconds / seen.loads,
    meanLoadMs: seen.loadMs / seen.loads,
    hitRate: newHits / Math.max(newHits + newMisses, 1),
  };
}
