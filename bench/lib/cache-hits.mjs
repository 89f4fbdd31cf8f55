import { openCache, researchKey, researchName, researchValue, secondTierUp, WORKSPACE } from './cache-engine.mjs';
import { openPeers } from './cache-peers.mjs';
import { ownRedis } from './cache-redis.mjs';
import { part, row, told } from './row.mjs';
import { mean, median, PAIRS_NEEDED, ratioOf } from './statistics.mjs';

const KEYS = 100;
/** Commands in flight in the second tier's figure, as of a busy process; the client writes them together. */
const IN_FLIGHT = 50;
/** Rounds that are run first and not counted: the code is compiled in them. */
const WARM_UP = 3;

const never = () => Promise.reject(new Error('a value that was stored was loaded again'));

/** CPU of this process for a batch of `calls`: no neighbour on the machine can add to it. @returns nanoseconds a call */
async function cpuPerCall(batch, calls) {
  const before = process.cpuUsage();
  await batch(calls);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
}

/**
 * Batches in turn, in the order of `batches`. Each is a loop of its own in the source: a loop that they shared would be
 * compiled for all of them and fast for none.
 * @param batches name → { run(calls), calls }
 * @returns one object of nanoseconds a call for each round
 */
async function inTurn(batches, rounds) {
  const list = [];
  for (let round = -WARM_UP; round < rounds; round++) {
    const values = {};
    for (const [name, { run, calls }] of Object.entries(batches)) values[name] = await cpuPerCall(run, calls);
    if (round >= 0) list.push(values);
  }
  return list;
}

/** B1: a hit of the first tier, called as features do, against an async function around Map.get. */
export async function firstTierHit(figure, { scratch, quick }) {
  const engine = await openCache();
  scratch.onClean(() => engine.close());
  const { cache } = engine;
  const keys = Array.from({ length: KEYS }, (_, number) => researchKey(number));
  const hashes = keys.map(({ name }) => name.slice(-64));
  for (const [number, key] of keys.entries()) await cache.getOrSet(key, async () => researchValue(number));
  const calls = quick ? 60_000 : 200_000;
  const bare = bareMap(keys);
  const ours = async (count) => {
    for (let one = 0; one < count; one++) await cache.getOrSet(keys[one % KEYS], never);
  };
  const fresh = async (count) => {
    for (let one = 0; one < count; one++) {
      const name = `tech_research:queue-jobs:${hashes[one % KEYS]}`;
      await cache.getOrSet({ region: 'research', owner: WORKSPACE, name }, never);
    }
  };
  const count = quick ? PAIRS_NEEDED : 15;
  const batches = { bare: { run: bare, calls }, ours: { run: ours, calls }, bareAgain: { run: bare, calls } };
  const rounds = await inTurn(batches, count);
  assertCounted(cache, calls * (count + WARM_UP));
  // What leaves garbage behind comes in rounds of its own: who follows would pay for collecting it.
  const peers = await peerBatches(calls / 20);
  const others = await inTurn({ bare: { run: bare, calls }, fresh: { run: fresh, calls }, ...peers }, PAIRS_NEEDED);
  return hitRow(figure, rounds, others, Object.keys(peers));
}

function hitRow(figure, rounds, others, peers) {
  const { ratio, self, quiet, enough } = ratioOf(rounds);
  const reference = median(rounds.flatMap(({ bare, bareAgain }) => [bare, bareAgain]));
  const ns = (name) => median((name in rounds[0] ? rounds : others).map((one) => one[name]));
  const times = (name) => ns(name) / reference;
  return row(figure, rounds.length, [
    part('hit, given a key', ratio, 2.5, '×', quiet && enough ? undefined : 'too noisy'),
    told('the same with a key object and its text made for the call', times('fresh'), '×'),
    told('async Map.get', ns('bare'), 'ns'),
    told('hit, given a key', ns('ours'), 'ns'),
    told('hit, key made for the call', ns('fresh'), 'ns'),
    ...peers.map((name) => told(name, times(name), '×')),
    told('async Map.get against itself', self, '×'),
  ]);
}

function bareMap(keys) {
  const map = new Map(keys.map(({ name }, number) => [name, researchValue(number)]));
  const names = keys.map(({ name }) => name);
  const get = async (name) => map.get(name);
  return async (count) => {
    for (let one = 0; one < count; one++) await get(names[one % KEYS]);
  };
}

async function peerBatches(calls) {
  const batches = {};
  for (const { name, getOrSet } of await openPeers()) {
    const names = Array.from({ length: KEYS }, (_, number) => `research:${WORKSPACE}:${researchName(number)}`);
    for (const [number, key] of names.entries()) await getOrSet(key, async () => researchValue(number));
    const run = async (count) => {
      for (let one = 0; one < count; one++) await getOrSet(names[one % KEYS], never);
    };
    batches[name] = { run, calls };
  }
  return batches;
}

/** The statistics were on: each call that was measured is in them. */
function assertCounted(cache, calls) {
  const { hitsL1 } = cache.statistics().regions.find(({ region }) => region === 'research');
  if (hitsL1 < calls) throw new Error(`the statistics know ${hitsL1} of ${calls} hits`);
}

/** B2: CPU of a hit that the first tier can't answer, against GET and JSON.parse by a bare client on the same server. */
export async function secondTierHit(figure, { scratch, quick, say }) {
  const redis = await ownRedis(scratch);
  const client = await redis.client();
  const engine = await openCache({ redisUrl: redis.url, firstTierBytes: 0 });
  scratch.onClean(() => engine.close());
  await secondTierUp(engine);
  const keys = Array.from({ length: 4 * KEYS }, (_, number) => researchKey(number));
  for (const [number, key] of keys.entries()) {
    await engine.cache.set(key, researchValue(number));
    await client.set(`bare:${key.name}`, JSON.stringify(researchValue(number)));
  }
  const calls = quick ? 4000 : 5000;
  const bare = inFlight(keys, async ({ name }) => JSON.parse(await client.get(`bare:${name}`)));
  const hit = (key) => engine.cache.getOrSet(key, async () => researchValue());
  const ours = inFlight(keys, hit);
  const alone = (batch) => ({ run: batch, calls: calls / 10 });
  const rounds = await inTurn(
    {
      bare: { run: bare, calls },
      ours: { run: ours, calls },
      // Twice, so that each follows itself as often as the other: who follows pays for some of the other's garbage.
      oursAgain: { run: ours, calls },
      bareAgain: { run: bare, calls },
      bareAlone: alone(oneByOne(keys, async ({ name }) => JSON.parse(await client.get(`bare:${name}`)))),
      oursAlone: alone(oneByOne(keys, hit)),
    },
    quick ? PAIRS_NEEDED : 41,
  );
  const loads = loadsBesideHits(engine.cache, calls);
  if (loads > 0) say(`${loads} loads: Redis was late and taken for away`);
  const { ratio, self, quiet, enough } = ratioOf(
    rounds.map((one) => ({ ...one, ours: mean([one.ours, one.oursAgain]) })),
  );
  const us = (name) => median(rounds.map((one) => one[name])) / 1000;
  return row(figure, rounds.length, [
    part(`hit, ${IN_FLIGHT} in flight`, ratio, 1.25, '×', quiet && enough && loads === 0 ? undefined : 'too noisy'),
    told('GET and JSON.parse', us('bare'), 'µs CPU'),
    told('hit', us('ours'), 'µs CPU'),
    told('one at a time', median(rounds.map((one) => one.oursAlone / one.bareAlone)), '×'),
    told('GET and JSON.parse against itself', self, '×'),
  ]);
}

const inFlight = (keys, look) => async (count) => {
  for (let done = 0; done < count; done += IN_FLIGHT) {
    const first = done % keys.length;
    await Promise.all(keys.slice(first, first + IN_FLIGHT).map(look));
  }
};

const oneByOne = (keys, look) => async (count) => {
  for (let one = 0; one < count; one++) await look(keys[one % keys.length]);
};

/** @returns how often a value was not got from Redis @throws when it came from the first tier */
function loadsBesideHits(cache, calls) {
  const { hitsL1, hitsL2, loads } = cache.statistics().regions.find(({ region }) => region === 'research');
  if (hitsL1 > 0 || hitsL2 + loads < calls * PAIRS_NEEDED)
    throw new Error(
      `not of the second tier: ${hitsL1} hits of the first tier, ${hitsL2} of the second, ${loads} loads`,
    );
  return loads;
}
