import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NpmConfig } from '../../src/modules/research/clients/npm-config.js';
import {
  NpmRegistryClient,
  REGISTRY_LIMITS,
  type RegistryLimits,
} from '../../src/modules/research/clients/npm-registry.client.js';
import { EvidenceEntity } from '../../src/modules/research/entities/evidence.entity.js';
import { EvidenceRepository } from '../../src/modules/research/evidence.repository.js';
import { EvidenceService } from '../../src/modules/research/evidence.service.js';
import { FactsRepository } from '../../src/modules/research/facts.repository.js';
import { GapResearcher } from '../../src/modules/research/gap-researcher.js';
import { ReleaseCheck } from '../../src/modules/research/release-check.js';
import { ReleaseMarks } from '../../src/modules/research/release-marks.js';
import { ResearchService } from '../../src/modules/research/research.service.js';
import { DatasetSource } from '../../src/modules/research/sources/dataset.source.js';
import { RegistrySource } from '../../src/modules/research/sources/registry.source.js';
import { Clock } from '../../src/shared/clock/clock.js';
import { BulkService } from '../../src/shared/database/bulk/bulk.service.js';
import { mintWorkspaceScope } from '../../src/shared/database/workspace-scope.mint.js';
import type { ResearchMetrics } from '../../src/shared/metrics/research.metrics.js';
import { testConfig } from './config.js';
import { cacheNode } from './cache.js';
import type { TestDatabase } from './database.js';
import type { ScriptedRegistry } from './registry.js';

/** A clock that stands still until it's moved; durations run on. */
export class MovableClock extends Clock {
  private offsetMs = 0;

  override nowMs(): number {
    return Date.UTC(2026, 0, 1) + this.offsetMs;
  }

  forward(hours: number): void {
    this.offsetMs += hours * 3_600_000;
  }
}

export const SCOPE = mintWorkspaceScope('00000000-0000-7000-8000-000000000001');

/** The sources of research over a real database and a scripted registry, as one process would hold them. */
export interface ResearchKit {
  readonly dataSource: DataSource;
  readonly clock: MovableClock;
  readonly evidence: EvidenceService;
  readonly registry: RegistrySource;
  readonly datasets: DatasetSource;
  readonly research: ResearchService;
  readonly releases: ReleaseCheck;
  close(): Promise<void>;
}

export async function researchKit(
  database: TestDatabase,
  upstream: ScriptedRegistry,
  limits: Partial<RegistryLimits> = {},
): Promise<ResearchKit> {
  Logger.overrideLogger(false);
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    poolSize: 5,
    entities: [EvidenceEntity],
  }).initialize();
  const clock = new MovableClock();
  const recorder = { request: () => undefined, breaker: () => undefined };
  const npm = new NpmConfig({ env: { npm_config_registry: upstream.url }, home: '/nowhere', project: '/nowhere' });
  const client = new NpmRegistryClient(npm, { clock, recorder, random: () => 0 }, { ...REGISTRY_LIMITS, ...limits });
  const evidence = new EvidenceService(new EvidenceRepository(dataSource, new BulkService(dataSource, testConfig())));
  const facts = new FactsRepository(dataSource);
  const registry = new RegistrySource(client, facts, evidence, clock);
  const config = testConfig();
  const cache = cacheNode(config, clock).cache;
  const marks = new ReleaseMarks(cache, config, registry);
  marks.onModuleInit();
  const datasets = new DatasetSource(config, clock, evidence);
  const researcher = new GapResearcher(registry, datasets, marks);
  const metrics = { declare: () => undefined, researched: () => undefined } as unknown as ResearchMetrics;
  return {
    dataSource,
    clock,
    evidence,
    registry,
    datasets,
    research: new ResearchService(researcher, datasets, cache, metrics, clock),
    releases: new ReleaseCheck(facts, registry, marks, clock),
    close: async () => {
      await client.close();
      await dataSource.destroy();
    },
  };
}
