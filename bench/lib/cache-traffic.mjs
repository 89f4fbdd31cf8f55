/**
 * A process that serves requests from its cache while Redis fails (B11), or without any Redis as the control.
 *
 * Started by cache-outages.mjs with one JSON argument: { redisUrl?, owner }. Every 20 ms it makes a getOrSet, in turn of a key that
 * is kept and of one that nobody asked for yet; every 200 ms twenty at once, ten of them of one new key; every 500 ms a set,
 * a delete and an invalidation by tag. Loads answer at once, so that a duration is what the cache adds.
 * On the message { report: true } it answers { requests, lateness } since the last report:
 *   requests   [kind, wall-clock start in ms, duration in ms, error or null, name]
 *   lateness   [wall-clock time, ms] of a timer that should fire every 2 ms: what the machine and this process add to any wait
 */
import { openCache, researchName, researchValue, secondTierUp } from './cache-engine.mjs';

const TICK_MS = 20;
const CONTROL_MS = 2;
const KEPT = 20;
const OTHERS = [
  ['set', (key) => cache.set(key, researchValue(), { tags: ['bench:tag'] })],
  ['delete', (key) => cache.delete(key)],
  ['tag', () => cache.invalidateTags(['bench:tag'])],
];

const { redisUrl, owner } = JSON.parse(process.argv[2]);
const engine = await openCache({ redisUrl });
const { cache } = engine;
if (redisUrl) await secondTierUp(engine);

let requests = [];
let lateness = [];
let number = 0;
let tick = 0;

const wallClock = () => performance.timeOrigin + performance.now();
const keyOf = (name) => ({ region: 'research', owner, name });
const newKey = () => keyOf(researchName(++number + 1_000_000));

async function request(kind, work, name) {
  const startedAt = wallClock();
  let error = null;
  try {
    await work();
  } catch (reason) {
    error = String(reason);
  }
  requests.push([kind, startedAt, wallClock() - startedAt, error, name]);
}

function ask(kind, key) {
  const value = researchValue();
  return request(
    kind,
    async () => {
      const answer = await cache.getOrSet(key, async () => value);
      if (answer.category !== value.category) throw new Error('a wrong value');
    },
    key.name,
  );
}

function onTick() {
  tick += 1;
  if (tick % 2) void ask('kept', keyOf(researchName(tick % KEPT)));
  else void ask('new', newKey());
  if (tick % 10 === 0) {
    const shared = newKey();
    for (let one = 0; one < 10; one++) void ask('shared', shared);
    for (let one = 0; one < 10; one++) void ask('together', newKey());
  }
  if (tick % 25 === 0)
    for (const [kind, work] of OTHERS) void request(kind, () => work(keyOf(researchName(tick % KEPT))));
}

let due = performance.now() + CONTROL_MS;
function onControl() {
  const late = performance.now() - due;
  if (late > 0) lateness.push([wallClock(), late]);
  due = performance.now() + CONTROL_MS;
  setTimeout(onControl, CONTROL_MS);
}

process.on('message', () => {
  process.send({ requests, lateness });
  requests = [];
  lateness = [];
});
process.on('disconnect', () => process.exit(0));
setInterval(onTick, TICK_MS);
onControl();
process.send({ ready: true });
