import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { AdaptiveTtls, hash32, type LookUps } from './adaptive-ttl.js';
import { CACHE_REGION_NAMES, regionOf } from './cache-regions.js';
import type { CacheLoadOptions, CacheRegionName } from './cache.types.js';
import type { Entry } from './first-tier.js';

const YEAR_S = 31_536_000;
const MAX_BYTES = 16 * 1024 * 1024;
const FAILURE_BACKOFF_MS = 1000;

/** What holds for a value: the call's option, else the region's, else the product's. */
@Injectable()
export class CachePolicy {
  private readonly adaptive = new AdaptiveTtls();

  constructor(private readonly config: Config) {
    for (const region of CACHE_REGION_NAMES) {
      const bounds = regionOf(region).adaptive;
      if (bounds) this.adaptive.declare(region, this.declaredTtl(region), bounds);
    }
  }

  get isEnabled(): boolean {
    return this.config.cache.enabled;
  }

  /** Bytes of the first tier. */
  get firstTierBytes(): number {
    return this.config.cache.enabled ? this.config.cache.memoryBytes : 0;
  }

  /** Seconds; at most a year. 0 for what is not to be stored: 0 itself, and what is no length of time. */
  ttl(region: CacheRegionName, asked?: number): number {
    const ttl = asked ?? this.adaptive.of(region)?.ttl ?? this.declaredTtl(region);
    return ttl > 0 ? Math.min(ttl, YEAR_S) : 0;
  }

  /** Seconds by the settings. */
  declaredTtl(region: CacheRegionName): number {
    return this.config.cache.ttl[region] ?? this.config.cache.defaultTtl;
  }

  /** For the statistics. */
  ttlInForce(region: CacheRegionName): { readonly ttl: number; readonly ttlReason: string } {
    const adapted = this.adaptive.of(region);
    if (adapted === undefined) return { ttl: this.declaredTtl(region), ttlReason: 'as configured' };
    return { ttl: adapted.ttl, ttlReason: adapted.reason };
  }

  /**
   * A load of a region whose TTL follows what is observed; nothing for the others.
   * @param before the value the key had, when it is still known
   */
  observe(before: Entry | undefined, after: Entry, { hits, misses }: LookUps): void {
    const { region } = after.key;
    if (before === undefined || this.adaptive.of(region) === undefined) return;
    const changed = hash32(textOf(before.value)) !== hash32(textOf(after.value));
    const secondsSince = (after.storedAt - before.storedAt) / 1000;
    this.adaptive.observe(region, { changed, loadMs: after.loadMs, secondsSince }, { hits, misses });
  }

  /** @param asked seconds */
  graceMs(region: CacheRegionName, asked: number | undefined): number {
    const grace = asked ?? regionOf(region).graceTtl ?? 0;
    return grace > 0 ? Math.min(grace, YEAR_S) * 1000 : 0;
  }

  softTimeoutMs<T>(region: CacheRegionName, options: CacheLoadOptions<T>): number {
    return options.softTimeoutMs ?? regionOf(region).softTimeoutMs ?? 0;
  }

  /** Seconds that an absence is remembered; 0: not at all. */
  missTtl(region: CacheRegionName): number {
    return regionOf(region).missTtl ?? 0;
  }

  failureBackoffMs(region: CacheRegionName): number {
    return regionOf(region).failureBackoffMs ?? FAILURE_BACKOFF_MS;
  }

  maxBytes(region: CacheRegionName): number {
    return regionOf(region).maxBytes ?? MAX_BYTES;
  }
}

const textOf = (value: unknown) => JSON.stringify(value) ?? '';
