import { setTimeout as sleep } from 'node:timers/promises';
import { openCache, researchKey, secondTierUp } from './cache-engine.mjs';
import { openPeers } from './cache-peers.mjs';
import { ownRedis } from './cache-redis.mjs';
import { held, part, row, told } from './row.mjs';
import { median } from './statistics.mjs';

const CALLERS = 500;
const LOAD_MS = 50;
/** A library that loads for one caller after the other would need this long in B5. */
const PATIENCE_MS = 60_000;

/** B4: concurrent misses of one key in one process, with both tiers. The figure is the worst of the rounds. */
export async function concurrentMisses(figure, { scratch, quick }) {
  const ours = await open(scratch);
  const rounds = await inRounds(ours, quick ? 5 : 25, answering);
  const peers = [];
  for (const { name, getOrSet } of await openPeers())
    peers.push(toldLoads(name, await askAtOnce(getOrSet, name, answering)));
  const violations = rounds.reduce((sum, { values }) => sum + values.filter((value) => value !== 'loaded').length, 0);
  return row(figure, rounds.length, [
    worst(`loads, ${CALLERS} misses`, rounds),
    held('wrong answers', violations),
    ...times(rounds),
    ...peers,
  ]);
}

/** B5: the same with a load that fails: all who wait share the failure. */
export async function concurrentFailures(figure, { scratch, quick }) {
  const ours = await open(scratch);
  const rounds = await inRounds(ours, quick ? 5 : 25, failing);
  const peers = [];
  // One of them loads 500 times, one after the other.
  for (const { name, getOrSet } of quick ? [] : await openPeers())
    peers.push(toldLoads(name, await askAtOnce(getOrSet, name, failing)));
  const violations = rounds.reduce(
    (sum, { reasons }) => sum + CALLERS - reasons.filter((one) => one === 'the source is down').length,
    0,
  );
  return row(figure, rounds.length, [
    worst(`loads, ${CALLERS} misses, the load fails`, rounds),
    held('calls that did not get its error', violations),
    ...times(rounds),
    ...peers,
  ]);
}

async function open(scratch) {
  const redis = await ownRedis(scratch);
  const engine = await openCache({ redisUrl: redis.url });
  scratch.onClean(() => engine.close());
  await secondTierUp(engine);
  return (number, load) => engine.cache.getOrSet(researchKey(number), load);
}

const answering = async () => {
  await sleep(LOAD_MS);
  return 'loaded';
};

const failing = async () => {
  await sleep(LOAD_MS);
  throw new Error('the source is down');
};

async function inRounds(getOrSet, count, load) {
  const rounds = [];
  for (let round = 0; round < count; round++) rounds.push(await askAtOnce(getOrSet, round, load));
  return rounds;
}

/** @returns how often `load` ran for 500 callers who ask at once, how long it took, and what they got */
async function askAtOnce(getOrSet, key, load) {
  let loads = 0;
  const counted = () => {
    loads += 1;
    return load();
  };
  const startedAt = performance.now();
  const asked = Promise.allSettled(Array.from({ length: CALLERS }, () => getOrSet(key, counted)));
  const results = await Promise.race([asked, sleep(PATIENCE_MS, [], { ref: false })]);
  return {
    loads,
    ms: performance.now() - startedAt,
    values: results.map(({ value }) => value),
    reasons: results.map(({ reason }) => reason?.message),
  };
}

const worst = (name, rounds) => part(name, Math.max(...rounds.map(({ loads }) => loads)), 1, 'loads');

const times = (rounds) => [
  told(`all answered, load of ${LOAD_MS} ms (median)`, median(rounds.map(({ ms }) => ms)), 'ms'),
  told('the slowest round', Math.max(...rounds.map(({ ms }) => ms)), 'ms'),
];

const toldLoads = (name, { loads, ms }) => told(`${name}, all answered after ${Math.round(ms)} ms`, loads, 'loads');
