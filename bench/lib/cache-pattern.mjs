import { openCache, researchKey, researchName, researchValue, secondTierUp, WORKSPACE } from './cache-engine.mjs';
import { ownRedis } from './cache-redis.mjs';
import { held, part, row, told } from './row.mjs';
import { median } from './statistics.mjs';

const SLOW_MICROSECONDS = 1000;
/** Values of another category, which the pattern must leave alone. */
const OTHERS = 100;
const BATCH = 2000;

/** One delete meets a moment in which the machine holds the server up, or does not: the median of several counts. */
const ROUNDS = 5;

/**
 * B12: deletes all keys of a pattern while the server notes each command over a millisecond. In each round a bare client first
 * unlinks as many keys one by one: no command could be shorter, so what is slow in it is the machine's doing.
 */
export async function patternDelete(figure, { scratch, quick, say }) {
  const count = quick ? 20_000 : 200_000;
  const redis = await ownRedis(scratch);
  const client = await redis.client();
  const engine = await openCache({ redisUrl: redis.url });
  scratch.onClean(() => engine.close());
  await secondTierUp(engine);
  const { cache } = engine;
  const kept = (number) => ({ ...researchKey(number), name: `tech_research:cache:${number}` });
  for (let one = 0; one < OTHERS; one++) await cache.set(kept(one), researchValue(one));
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await oneRound({ client, cache, count, say }));
  const others = await Promise.all(Array.from({ length: OTHERS }, (_, one) => cache.exists(kept(one))));
  const each = (of) => median(rounds.map(of));
  const slow = each((one) => one.slow.length);
  const noise = each((one) => one.noise.length);
  return row(figure, count, [
    part(
      `commands over 1 ms in SLOWLOG, median of ${ROUNDS} deletes`,
      slow,
      0,
      'commands',
      slow > 0 && noise > 0 ? 'too noisy' : undefined,
    ),
    held('keys left', Math.max(...rounds.map(({ left }) => left))),
    held('keys deleted that the pattern does not match', others.filter((one) => !one).length),
    held('keys not counted', Math.max(...rounds.map(({ deleted }) => Math.abs(count - deleted)))),
    told(
      'slow commands of all deletes',
      rounds.reduce((sum, one) => sum + one.slow.length, 0),
      'commands',
    ),
    told(
      'of as many keys unlinked one by one by a bare client',
      rounds.reduce((sum, one) => sum + one.noise.length, 0),
      'commands',
    ),
    told(
      `time for ${count} keys`,
      each(({ ms }) => ms),
      'ms',
    ),
  ]);
}

async function oneRound({ client, cache, count, say }) {
  await fill(client, cache, count);
  if ((await cache.get(researchKey(count - 1)))?.category !== 'queue-jobs')
    throw new Error('the keys that were filled in are none of the cache');
  await watch(client);
  const names = await client.keys('*tech_research:queue-jobs:*');
  await takeLog(client);
  for (let done = 0; done < names.length; done += BATCH)
    await Promise.all(names.slice(done, done + BATCH).map((name) => client.unlink(name)));
  const noise = await takeLog(client);
  await fill(client, cache, count);
  await takeLog(client);
  const startedAt = performance.now();
  const deleted = await cache.invalidatePattern('research', WORKSPACE, 'tech_research:queue-jobs:*');
  const ms = performance.now() - startedAt;
  const slow = await takeLog(client);
  for (const text of slow.slice(0, 5)) say(text);
  return { deleted, ms, slow, noise, left: (await client.keys('*tech_research:queue-jobs:*')).length };
}

/** Stores one value through the cache and copies what is in Redis then under the other names: 200,000 by the cache take minutes. */
async function fill(client, cache, count) {
  const first = researchName(0);
  await cache.set(researchKey(0), researchValue());
  const keys = await client.keys(`*${first}*`);
  const values = [];
  for (const key of keys) if ((await client.type(key)) === 'string') values.push(key);
  if (values.length !== 1) throw new Error(`a value is not one key in Redis but ${values.join(', ') || 'none'}`);
  const [key] = values;
  const dump = await client.withTypeMapping({ [36]: Buffer }).dump(key);
  const ttl = await client.pTTL(key);
  for (let done = 1; done < count; done += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count - done) }, (_, one) => done + one);
    await Promise.all(numbers.map((number) => client.restore(key.replace(first, researchName(number)), ttl, dump)));
  }
}

async function watch(client) {
  await client.configSet('slowlog-log-slower-than', String(SLOW_MICROSECONDS));
  await client.configSet('slowlog-max-len', '10000');
}

/** Commands in the log, which is empty afterwards. */
async function takeLog(client) {
  const log = await client.sendCommand(['SLOWLOG', 'GET', '-1']);
  await client.sendCommand(['SLOWLOG', 'RESET']);
  return log
    .map(([, , microseconds, words]) => `${words.slice(0, 4).join(' ').slice(0, 100)}: ${microseconds} µs`)
    .filter((text) => !/^(slowlog|config)/i.test(text));
}
