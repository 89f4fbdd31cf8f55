import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cleanEnvironment } from '../../scripts/service.mjs';
import { root } from '../../scripts/build-if-stale.mjs';

const resolver = createRequire(join(root, 'package.json'));
/** A package as the product has it: from a file of bench/ a bare name may mean the peers' copy. */
const own = (name) => import(pathToFileURL(resolver.resolve(name)).href);
/** A module of the build. */
export const built = (path) => import(pathToFileURL(join(root, 'dist', 'src', path)).href);

/**
 * The product's own cache, wired by its own module in this process: what a feature gets injected.
 * @param redisUrl absent: the first tier alone
 * @param env further settings
 * @param firstTierBytes 0: nothing is kept in this process
 * @returns `cache`, `redis` and `close()`
 */
export async function openCache({ redisUrl, env = {}, firstTierBytes } = {}) {
  // One after the other: parallel dynamic imports of Nest's packages die on Node 20.
  const { Module } = await own('@nestjs/common');
  const { NestFactory } = await own('@nestjs/core');
  const { ConfigModule } = await built('config/config.module.js');
  const { loadConfig } = await built('config/load-config.js');
  const { CacheModule } = await built('shared/cache/cache.module.js');
  const { CacheService } = await built('shared/cache/cache.service.js');
  const { RedisService } = await built('shared/redis/redis.service.js');
  const settings = { ...(redisUrl && { REDIS_URL: redisUrl }), LOG_LEVEL: 'silent', ...env };
  const loaded = loadConfig(cleanEnvironment(settings), root);
  const memoryBytes = firstTierBytes ?? loaded.cache.memoryBytes;
  const config = { ...loaded, cache: { ...loaded.cache, memoryBytes } };
  class BenchModule {}
  Module({ imports: [ConfigModule.register(config), CacheModule] })(BenchModule);
  const context = await NestFactory.createApplicationContext(BenchModule, { logger: false });
  return {
    cache: context.get(CacheService, { strict: false }),
    redis: context.get(RedisService, { strict: false }),
    close: () => context.close(),
  };
}

/** Waits until the second tier answers: connecting goes on in the background. */
export async function secondTierUp({ redis }, timeoutMs = 10_000) {
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline;)
    if (redis.state === 'up' && (await redis.healthCheck())) return;
    else await new Promise((resolve) => setTimeout(resolve, 10));
  throw new Error(`Redis was not up within ${timeoutMs / 1000} s (${redis.state})`);
}

export const WORKSPACE = randomUUID();

/** A key as the research asks: region, workspace and `tech_research:{category}:{64 hexadecimal digits}`. */
export function researchKey(number, owner = WORKSPACE) {
  return { region: 'research', owner, name: researchName(number) };
}

export const researchName = (number) =>
  `tech_research:queue-jobs:${'3f2a91c7'.repeat(7)}${number.toString(16).padStart(8, '0')}`;

/** 1.7 KB of JSON, shaped like options that were compared; fresh objects each time. */
export function researchValue(number = 0) {
  const options = Array.from({ length: 7 }, (_, index) => ({
    name: `package-${number}-${index}`,
    license: 'MIT',
    score: 0.71 + index / 1000,
    reasons: ['keeps jobs in the database that is there', 'one release each month', 'runs on the Node of the brief'],
    evidence: ['0192f0c1-7c1e-7d10-9a51-5b1f0f6c2a11', '0192f0c1-7c1e-7d10-9a51-5b1f0f6c2a12'].slice(index % 2),
  }));
  return { category: 'queue-jobs', number, options };
}
