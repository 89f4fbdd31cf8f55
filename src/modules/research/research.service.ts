import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CacheService } from '../../shared/cache/cache.service.js';
import type { CacheKey } from '../../shared/cache/cache.types.js';
import { Clock } from '../../shared/clock/clock.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { ResearchMetrics } from '../../shared/metrics/research.metrics.js';
import { CATEGORY_DEFINITIONS, STACK_NAMES, allCandidates, candidatesFor } from './catalogue/catalogue.js';
import { GapResearcher } from './gap-researcher.js';
import { tagsOf } from './release-marks.js';
import { cacheName, seedOf } from './request-key.js';
import type { Comparison } from './comparison.types.js';
import {
  CATEGORIES,
  type Candidate,
  type CategoryDefinition,
  type CriteriaSet,
  type Ecosystem,
  type EvidencePiece,
  type ResearchContext,
  type ResearchRequest,
  type ResearchResult,
  type StackName,
} from './research.types.js';
import { compare } from './scoring/compare.js';
import { DatasetSource, type NodeRelease } from './sources/dataset.source.js';

export { checkCitation } from './evidence/citation.js';
export { jsonOf } from './evidence/piece-contents.js';

/** Seconds that an answer with a silent source is kept: long enough to spare the source, short enough to heal. */
const DEGRADED_TTL_S = 30;

/** Facts of the installed data packages, for rules that need no call. */
export interface DatasetFacts {
  readonly pieces: readonly EvidencePiece[];
  /** Release lines of Node.js by name: `v24`. */
  readonly nodeSchedule: Readonly<Record<string, NodeRelease>>;
  /** Slugs of catalogue entries whose package the ecosystem advises to replace, with the reason. */
  readonly deprecated: Readonly<Record<string, string>>;
}

/** An answer for which nobody was asked. */
export interface KnownAnswer {
  readonly result: ResearchResult;
  readonly cached: boolean;
}

/**
 * Options for a gap from evidence, cached by everything they depend on; comparing them is pure and costs no research.
 * Also the front door to the catalogue and the data sets, which other features read as plain data.
 */
@Injectable()
export class ResearchService implements OnApplicationBootstrap {
  private readonly log = new Logger('research');
  private facts?: DatasetFacts;

  constructor(
    private readonly researcher: GapResearcher,
    private readonly datasetSource: DatasetSource,
    private readonly cache: CacheService,
    private readonly metrics: ResearchMetrics,
    private readonly clock: Clock,
  ) {}

  /** Data sets become evidence at the start, so that a document may cite them before anything was researched. */
  async onApplicationBootstrap(): Promise<void> {
    this.metrics.declare(CATEGORIES);
    await this.datasetSource.store().catch((error: unknown) => {
      this.log.warn({ err: error }, 'data sets are not stored yet; the next research tries again');
    });
  }

  /**
   * The options of a gap, from the cache or by research. One research runs for a key at a time. Sources that do not answer
   * make facts unknown and are listed in `degraded`; such an answer is kept for 30 s only.
   */
  async research(scope: WorkspaceScope, request: ResearchRequest): Promise<ResearchResult> {
    const started = this.clock.monotonicMs();
    const options = { tags: tagsOf, ttl: degradedOr(DEGRADED_TTL_S), graceTtl: degradedOr(0) };
    const result = await this.cache.getOrSet(keyOf(scope, request), () => this.researcher.research(request), options);
    this.metrics.researched(request.category, (this.clock.monotonicMs() - started) / 1000);
    return result;
  }

  /** The answer if it is complete in the cache; makes no call and no query. */
  async cached(scope: WorkspaceScope, request: ResearchRequest): Promise<ResearchResult | undefined> {
    return this.cache.get<ResearchResult>(keyOf(scope, request));
  }

  /** The answer as far as nobody has to be asked for it: from the cache, or made of stored facts that are all fresh. */
  async known(scope: WorkspaceScope, request: ResearchRequest): Promise<KnownAnswer | undefined> {
    const cached = await this.cached(scope, request);
    if (cached !== undefined) return { result: cached, cached: true };
    const started = this.clock.monotonicMs();
    const result = await this.researcher.fromStored(request);
    if (result === undefined) return undefined;
    await this.cache.set(keyOf(scope, request), result, { tags: tagsOf(result) });
    this.metrics.researched(request.category, (this.clock.monotonicMs() - started) / 1000);
    return { result, cached: false };
  }

  /** Constraints, score ranges, second view and verdict by the given criteria; the seed comes from the context. */
  compare(_scope: WorkspaceScope, result: ResearchResult, criteria: CriteriaSet, context: ResearchContext): Comparison {
    return compare(result.category, result.options, criteria, seedOf(context));
  }

  /** The 24 categories in their fixed order. */
  definitions(): readonly CategoryDefinition[] {
    return CATEGORY_DEFINITIONS;
  }

  /** Names of languages, runtimes, servers and frameworks that a brief may mention. */
  vocabulary(): readonly StackName[] {
    return STACK_NAMES;
  }

  allCandidates(): readonly Candidate[] {
    return allCandidates;
  }

  /** Candidates of one ecosystem (and those of any) in all categories, in the catalogue's order. */
  candidatesOf(ecosystem: Ecosystem): readonly Candidate[] {
    return CATEGORIES.flatMap((category) => candidatesFor(category, ecosystem));
  }

  datasets(): DatasetFacts {
    this.facts ??= {
      pieces: this.datasetSource.all(),
      nodeSchedule: Object.fromEntries(this.datasetSource.nodeSchedule().releases),
      deprecated: this.deprecated(),
    };
    return this.facts;
  }

  private deprecated(): Record<string, string> {
    const advised = allCandidates.flatMap(({ id, package: name }) => {
      const instead = name === undefined ? undefined : this.datasetSource.replacementsFor(name);
      if (instead === undefined) return [];
      return [
        [id.slice(id.indexOf('/') + 1), `module-replacements advises ${instead.value.join(', ')} instead`] as const,
      ];
    });
    return Object.fromEntries(advised);
  }
}

function keyOf(scope: WorkspaceScope, request: ResearchRequest): CacheKey {
  return { region: 'research', owner: scope.workspaceId, name: cacheName(request) };
}

/** Seconds for a degraded answer; a complete one has its region's. */
const degradedOr =
  (seconds: number) =>
  ({ degraded }: ResearchResult): number | undefined =>
    degraded.length > 0 ? seconds : undefined;
