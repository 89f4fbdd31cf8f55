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
const ROUNDS_OF_LARGE = 3;

/** What a delete itself costs, without giving the memory of its values back. */
const small = () => ({ category: 'queue-jobs', options: [] });

/**
 * B12: deletes all keys of a pattern while the server notes each command over a millisecond. In each round a bare client first
 * unlinks as many keys one by one: no command could be shorter, so what is slow in it is the machine's doing. The figure is
 * about small values. With large ones the server gives 400 MB back to the system meanwhile, in pauses that hit whatever
 * command comes next, also the shortest: that is told beside it.
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
  for (let round = 0; round < ROUNDS; round++)
    rounds.push(await oneRound({ client, cache, count, say, valueOf: small }));
  const ofLarge = [];
  for (let round = 0; round < (quick ? 0 : ROUNDS_OF_LARGE); round++)
    ofLarge.push(await oneRound({ client, cache, count, say: () => undefined, valueOf: researchValue }));
  const others = await Promise.all(Array.from({ length: OTHERS }, (_, one) => cache.exists(kept(one))));
  const all = [...rounds, ...ofLarge];
  const slow = median(rounds.map((one) => one.slow.length));
  const noise = median(rounds.map((one) => one.noise.length));
  return row(figure, count, [
    part(
      `commands over 1 ms in SLOWLOG, median of ${ROUNDS} deletes`,
      slow,
      0,
      'commands',
      slow > 0 && noise > 0 ? 'too noisy' : undefined,
    ),
    held('keys left', Math.max(...all.map(({ left }) => left))),
    held('keys deleted that the pattern does not match', others.filter((one) => !one).length),
    held('keys not counted', Math.max(...all.map(({ deleted }) => Math.abs(count - deleted)))),
    ...toldOf('small values', count, rounds),
    ...(ofLarge.length > 0 ? toldOf('values of 2 KB', count, ofLarge) : []),
  ]);
}

function toldOf(what, count, rounds) {
  const sum = (of) => rounds.reduce((total, one) => total + of(one).length, 0);
  return [
    told(
      `${what}: slow commands of ${rounds.length} deletes`,
      sum(({ slow }) => slow),
      'commands',
    ),
    told(
      `${what}: of as many keys unlinked one by one by a bare client`,
      sum(({ noise }) => noise),
      'commands',
    ),
    told(`${what}: time for ${count} keys`, median(rounds.map(({ ms }) => ms)), 'ms'),
  ];
}

async function oneRound({ client, cache, count, say, valueOf }) {
  await fill(client, cache, count, valueOf);
  if ((await cache.get(researchKey(count - 1)))?.category !== 'queue-jobs')
    throw new Error('the keys that were filled in are none of the cache');
  await watch(client);
  const names = await client.keys('*tech_research:queue-jobs:*');
  await takeLog(client);
  for (let done = 0; done < names.length; done += BATCH)
    await Promise.all(names.slice(done, done + BATCH).map((name) => client.unlink(name)));
  const noise = await takeLog(client);
  await fill(client, cache, count, valueOf);
  await takeLog(client);
  const startedAt = performance.now();
  const deleted = await cache.invalidatePattern('research', WORKSPACE, 'tech_research:queue-jobs:*');
  const ms = performance.now() - startedAt;
  const slow = await takeLog(client);
  for (const text of slow.slice(0, 5)) say(text);
  return { deleted, ms, slow, noise, left: (await client.keys('*tech_research:queue-jobs:*')).length };
}

/** Stores one value through the cache and copies what is in Redis then under the other names: 200,000 by the cache take minutes. */
async function fill(client, cache, count, valueOf) {
  const first = researchName(0);
  await cache.set(researchKey(0), valueOf());
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
