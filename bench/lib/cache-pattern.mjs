import { openCache, researchKey, researchName, researchValue, secondTierUp, WORKSPACE } from './cache-engine.mjs';
import { ownRedis } from './cache-redis.mjs';
import { held, part, row, told } from './row.mjs';

const SLOW_MICROSECONDS = 1000;
/** Values of another category, which the pattern must leave alone. */
const OTHERS = 100;
const BATCH = 2000;

/**
 * B12: deletes all keys of a pattern while the server notes each command over a millisecond. As many GETs before and after tell
 * whether the machine itself holds the server up for so long.
 */
export async function patternDelete(figure, { scratch, quick, say }) {
  const count = quick ? 50_000 : 200_000;
  const redis = await ownRedis(scratch);
  const client = await redis.client();
  const engine = await openCache({ redisUrl: redis.url });
  scratch.onClean(() => engine.close());
  await secondTierUp(engine);
  const { cache } = engine;
  const kept = (number) => ({ ...researchKey(number), name: `tech_research:cache:${number}` });
  for (let one = 0; one < OTHERS; one++) await cache.set(kept(one), researchValue(one));
  await fill(client, cache, count);
  if ((await cache.get(researchKey(count - 1)))?.category !== 'queue-jobs')
    throw new Error('the keys that were filled in are none of the cache');
  const { slow, noise, deleted, ms } = await deleteWatched(client, cache, count);
  for (const text of slow.slice(0, 5)) say(text);
  const left = (await client.keys('*tech_research:queue-jobs:*')).length;
  const others = await Promise.all(Array.from({ length: OTHERS }, (_, one) => cache.exists(kept(one))));
  return row(figure, count, [
    part(
      'commands over 1 ms in SLOWLOG',
      slow.length,
      0,
      'commands',
      slow.length > 0 && noise > 0 ? 'too noisy' : undefined,
    ),
    held('keys left', left),
    held('keys deleted that the pattern does not match', others.filter((one) => !one).length),
    held('keys not counted', Math.abs(count - deleted)),
    told(`time for ${count} keys`, ms, 'ms'),
    told('GETs over 1 ms, as many before and after', noise, 'commands'),
  ]);
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

async function deleteWatched(client, cache, count) {
  await client.configSet('slowlog-log-slower-than', String(SLOW_MICROSECONDS));
  await client.configSet('slowlog-max-len', '10000');
  const before = await slowGets(client, count);
  const startedAt = performance.now();
  const deleted = await cache.invalidatePattern('research', WORKSPACE, 'tech_research:queue-jobs:*');
  const ms = performance.now() - startedAt;
  const slow = await takeLog(client);
  return { deleted, ms, slow, noise: before + (await slowGets(client, count)) };
}

/** As many GETs as keys are deleted. @returns how many of these took a millisecond: the machine's doing */
async function slowGets(client, count) {
  for (let done = 0; done < count; done += BATCH)
    await Promise.all(Array.from({ length: BATCH }, (_, one) => client.get(`bench:${one}`)));
  return (await takeLog(client)).length;
}

/** Commands in the log, which is empty afterwards. */
async function takeLog(client) {
  const log = await client.sendCommand(['SLOWLOG', 'GET', '-1']);
  await client.sendCommand(['SLOWLOG', 'RESET']);
  return log
    .map(([, , microseconds, words]) => `${words.slice(0, 4).join(' ').slice(0, 100)}: ${microseconds} µs`)
    .filter((text) => !/^(slowlog|config)/i.test(text));
}
