import { openCache, researchKey, researchValue, secondTierUp } from './cache-engine.mjs';
import { ownRedis } from './cache-redis.mjs';
import { held, part, row, told } from './row.mjs';
import { median, PAIRS_NEEDED } from './statistics.mjs';

const OPERATIONS = 1000;
const CALLERS = 50;
const CONNECTIONS = 10;
const COMMANDS = 100;

/** B3: the three figures of row W9, each the median of its rounds. */
export async function connections(figure, { scratch, quick }) {
  const rounds = quick ? PAIRS_NEEDED : 15;
  const redis = await ownRedis(scratch);
  const engine = await openCache({ redisUrl: redis.url, env: { REDIS_MAX_CONNECTIONS: String(CONNECTIONS) } });
  scratch.onClean(() => engine.close());
  await secondTierUp(engine);
  const client = await redis.client();
  let away = 0;
  engine.redis.onState((state) => (away += state === 'away' ? 1 : 0));
  const operations = [];
  for (let round = 0; round < rounds; round++) operations.push(await timed(() => manyOperations(engine.cache, round)));
  const commands = [];
  for (let round = 0; round < rounds; round++) {
    // A stall of the machine may have opened the breaker: that is counted, and the commands are measured without it.
    await secondTierUp(engine);
    commands.push(await timed(() => manyCommands((key) => engine.redis.run((server) => server.get(key)))));
  }
  await secondTierUp(engine);
  const { maxConnections, inUse } = engine.redis.statistics();
  const overhead = await overheadOf(engine.redis, client, rounds);
  return row(figure, rounds, [
    part(`${OPERATIONS} operations through the cache by ${CALLERS} callers at once`, median(operations), 1000, 'ms'),
    told('operations a second', (OPERATIONS * 1000) / median(operations), 'op/s'),
    part(`${COMMANDS} commands on at most ${CONNECTIONS} connections`, median(commands), 1000, 'ms'),
    told('connections open', inUse, 'sockets'),
    held('times that Redis was taken for away', away),
    held('connections beyond the cap', Math.max(0, inUse - maxConnections, maxConnections - CONNECTIONS)),
    part('what RedisService.run adds to a command', overhead, 1, 'ms'),
  ]);
}

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Equal parts of set, get, exists, getOrSet and delete; each caller waits for an answer before it asks again. */
async function manyOperations(cache, round) {
  const caller = async (number) => {
    for (let one = 0; one < OPERATIONS / CALLERS / 5; one++) {
      const key = researchKey(1_000_000 * (round + 1) + 1000 * number + one);
      await cache.set(key, researchValue(number));
      await cache.get(key);
      await cache.exists(key);
      await cache.delete(key);
      await cache.getOrSet(key, async () => researchValue(number));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
}

const manyCommands = (get) => Promise.all(Array.from({ length: COMMANDS }, (_, number) => get(`bench:${number}`)));

/** Milliseconds that a command takes longer than by a bare client: batches one command at a time, in turn. */
async function overheadOf(service, client, rounds) {
  const batch = async (get) => {
    for (let one = 0; one < 500; one++) await get(`bench:${one}`);
  };
  const ours = () => batch((key) => service.run((server) => server.get(key)));
  const bare = () => batch((key) => client.get(key));
  const differences = [];
  for (let round = 0; round < rounds; round++) differences.push(((await timed(ours)) - (await timed(bare))) / 500);
  return median(differences);
}
