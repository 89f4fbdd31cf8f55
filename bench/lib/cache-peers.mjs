import { peerVersion } from './peers.mjs';

const TTL_MS = 3_600_000;

/**
 * The libraries that are compared with, each as its own guide sets up a memory cache at its fastest.
 * @returns list of `{ name, getOrSet(key, load) }`
 */
export async function openPeers() {
  return [await cacheManager(), await cacheable(), await bentocache()];
}

/** Keyv without its JSON: with it a hit costs twenty times as much. */
async function cacheManager() {
  const { createCache } = await import('cache-manager');
  const { Keyv } = await import('keyv');
  const keyv = new Keyv({ store: new Map(), serialize: undefined, deserialize: undefined });
  const cache = createCache({ stores: [keyv] });
  return { name: named('cache-manager'), getOrSet: (key, load) => cache.wrap(key, load, TTL_MS) };
}

async function cacheable() {
  const { Cacheable } = await import('cacheable');
  const cache = new Cacheable({ ttl: TTL_MS });
  return {
    name: named('cacheable'),
    getOrSet: (key, load) => cache.getOrSet(key, load, { ttl: TTL_MS, throwErrors: true }),
  };
}

/** Without its JSON, which is its default. */
async function bentocache() {
  const { BentoCache, bentostore } = await import('bentocache');
  const { memoryDriver } = await import('bentocache/drivers/memory');
  const store = bentostore().useL1Layer(memoryDriver({ maxItems: 10_000, serialize: false }));
  const cache = new BentoCache({ default: 'memory', stores: { memory: store } });
  return { name: named('bentocache'), getOrSet: (key, factory) => cache.getOrSet({ key, factory, ttl: TTL_MS }) };
}

const named = (name) => `${name} ${peerVersion(name)}`;
