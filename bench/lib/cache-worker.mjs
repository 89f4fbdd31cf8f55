/**
 * One of several processes that share a Redis (B6, B7): has a cache of its own and asks it when it is told to.
 *
 * Started by cache-cluster.mjs with one JSON argument: { redisUrl }. On the message { name, callers, loadMs, at } it makes
 * `callers` concurrent calls of getOrSet for that name at the wall-clock time `at`. Its load counts itself in Redis by a client of
 * the bench's own, says { loading: true } and takes `loadMs`. In the end it says { wrong, failed, ms }.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { openCache, secondTierUp, WORKSPACE } from './cache-engine.mjs';

const { redisUrl, owner = WORKSPACE } = JSON.parse(process.argv[2]);
const engine = await openCache({ redisUrl });
await secondTierUp(engine);
const client = createClient({ url: redisUrl });
client.on('error', () => undefined);
await client.connect();

async function ask({ name, callers, loadMs, at }) {
  const load = async () => {
    await client.incr(`bench:loads:${name}`);
    process.send({ loading: true });
    await sleep(loadMs);
    return { name };
  };
  await sleep(Math.max(0, at - Date.now()));
  const startedAt = performance.now();
  const key = { region: 'research', owner, name };
  const answers = await Promise.allSettled(Array.from({ length: callers }, () => engine.cache.getOrSet(key, load)));
  const failed = answers.filter(({ status }) => status === 'rejected');
  if (failed.length > 0) process.stderr.write(`  ${failed[0].reason}\n`);
  process.send({
    failed: failed.length,
    wrong: answers.filter(({ value }) => value !== undefined && value.name !== name).length,
    ms: performance.now() - startedAt,
  });
}

process.on('message', (message) => void ask(message));
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
