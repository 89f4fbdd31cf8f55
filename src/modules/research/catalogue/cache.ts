import type { Candidate } from '../research.types.js';
import { CHECKED, listed, note, npm, quoted } from './candidate-builder.js';

const PER_PROCESS = 'each process has its own copy: an invalidation must reach all of them';

export const CACHE: readonly Candidate[] = [
  npm('cache', 'lru-cache', 'lru-cache', {
    categoryNeed: quoted(1, 'dist/esm/node/index.d.ts', '**Note: `fetch()` calls are inflight-unique**'),
    brings: [PER_PROCESS],
    notes: [
      note(
        'Licence BlueOak-1.0.0 since 11: permissive, yet on few allow-lists.',
        'https://github.com/isaacs/node-lru-cache',
        '>=11',
      ),
    ],
  }),
  npm('cache', 'bentocache', 'Bentocache', {
    categoryNeed: quoted(1, 'README.md', 'Ensuring that only one factory is executed at the same time.'),
    brings: ['a second tier (Redis, database) can be added without changing the callers'],
  }),
  npm('cache', 'cache-manager', 'cache-manager', { brings: ['stores are added as Keyv adapters', PER_PROCESS] }),
  npm(
    'cache',
    'redis',
    'Redis through node-redis',
    {
      names: ['node-redis', 'redis cache'],
      needsServers: ['redis'],
      brings: ['one copy for all processes; every read is a call over the network'],
      storesPersonalData: 'cached answers in Redis',
      serverLicense: { spdx: 'AGPL-3.0-only', url: 'https://redis.io/legal/licenses/', date: CHECKED },
    },
    'node-redis',
  ),
  npm(
    'cache',
    'ioredis',
    'Redis through ioredis',
    {
      names: ['ioredis'],
      needsServers: ['redis'],
      brings: ['one copy for all processes; every read is a call over the network'],
      storesPersonalData: 'cached answers in Redis',
      serverLicense: { spdx: 'AGPL-3.0-only', url: 'https://redis.io/legal/licenses/', date: CHECKED },
    },
    'ioredis',
  ),
  ...listed(
    'cache',
    'python',
    ['cachetools', 'cachetools'],
    ['dogpile-cache', 'dogpile.cache'],
    ['redis', 'redis-py', { names: ['redis-py'], needsServers: ['redis'] }],
  ),
  ...listed(
    'cache',
    'java',
    [
      'com.github.ben-manes.caffeine:caffeine',
      'Caffeine',
      { names: ['caffeine cache', 'com.github.ben-manes.caffeine:caffeine'] },
    ],
    ['org.ehcache:ehcache', 'Ehcache'],
    ['redis.clients:jedis', 'Jedis', { needsServers: ['redis'] }],
  ),
  ...listed(
    'cache',
    'go',
    ['github.com/dgraph-io/ristretto/v2', 'Ristretto'],
    ['github.com/redis/go-redis/v9', 'go-redis', { needsServers: ['redis'] }],
  ),
];
