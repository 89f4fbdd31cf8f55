import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { regionOf } from '../../shared/cache/cache-regions.js';
import { CacheService } from '../../shared/cache/cache.service.js';
import type { CacheKey } from '../../shared/cache/cache.types.js';
import type { ResearchResult } from './research.types.js';
import { RegistrySource } from './sources/registry.source.js';

/** The tag of all cached research that rests on a package. */
export const packageTag = (name: string): string => `npm:${name}`;

/** Packages whose releases change the result: those of its options, whether or not the registry had them. */
export function packagesOf(result: ResearchResult): readonly string[] {
  const names = result.options.flatMap(({ candidate, record }) => [
    candidate.package,
    record?.name,
    ...candidate.companions,
  ]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

export const tagsOf = (result: ResearchResult): readonly string[] => packagesOf(result).map(packageTag);

/**
 * Which packages cached research rests on, and what a new major version of one means for it. The marks lie in the cache
 * beside the research: they live as long as it may, and where it is lost there is nothing to check for.
 */
@Injectable()
export class ReleaseMarks implements OnModuleInit {
  constructor(
    private readonly cache: CacheService,
    private readonly config: Config,
    private readonly registry: RegistrySource,
  ) {}

  /** Wherever the registry is asked, for a check or for research: what rests on the older major is researched anew. */
  onModuleInit(): void {
    this.registry.onNewMajor(async (name) => void (await this.cache.invalidateTags([packageTag(name)])));
  }

  async mark(result: ResearchResult): Promise<void> {
    const ttl = this.config.cache.ttl['research'] ?? this.config.cache.defaultTtl;
    const keptFor = ttl + (regionOf('research').graceTtl ?? 0);
    await Promise.all(packagesOf(result).map((name) => this.cache.set(markOf(name), true, { ttl: keptFor })));
  }

  /** Whether research of this package may still be in the cache. */
  isMarked(name: string): Promise<boolean> {
    return this.cache.exists(markOf(name));
  }
}

const markOf = (name: string): CacheKey => ({ region: 'releases', owner: 'public', name: packageTag(name) });
