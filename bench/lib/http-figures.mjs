import { answerOf, startLoad, startOurs, startProgram } from './http-sides.mjs';
import { part, row, told } from './row.mjs';
import { mean, median, ratioOf } from './statistics.mjs';

/** `stretch`: reported, and not counted. */
export const FIGURES = [
  {
    id: 'B8',
    promise: 'HTTP cache hit of 2 KB, processor time against bare Fastify',
    limit: 3,
    unit: '×',
  },
  {
    id: 'B9',
    promise: 'the same against Nest on Express with cache, throttler, pino and histogram',
    limit: 0.25,
    unit: '×',
  },
  { id: 'B10', promise: 'stretch: B8 within', limit: 2.2, unit: '×', stretch: true },
];

/**
 * Many short pairs and not few long ones: on a shared machine a busy neighbour lasts for seconds, and then hits both sides of a
 * pair. The peer is slower and its limit further away, so it takes part in each `peerEvery`th pair only.
 */
const FULL = { pairs: 35, requests: 8000, peerEvery: 5, warmUp: 30_000 };
const QUICK = { pairs: 5, requests: 2500, peerEvery: 1, warmUp: 6000 };

/**
 * All figures from one run. In turn, each pair: bare, ours, peer, ours, bare. So each side is measured against itself, and a
 * drift of the machine hits all.
 */
export async function measureHttp({ scratch, quick, say }) {
  const size = quick ? QUICK : FULL;
  const measure = await startLoad(scratch);
  const ours = await startOurs(scratch);
  const answer = await answerOf(ours);
  if (!/; hit\b/.test(answer.cacheStatus ?? ''))
    throw new Error(`${ours.path} does not come from the cache: ${answer.cacheStatus}`);
  say(`${ours.path}: ${Buffer.byteLength(answer.body)} bytes, Cache-Status: ${answer.cacheStatus ?? 'none'}`);
  const sides = {
    ours,
    bare: await startProgram(scratch, 'http-bare', answer),
    peer: await startProgram(scratch, 'http-peer', answer),
  };
  for (const side of Object.values(sides)) await measure(side, size.warmUp);
  const pairs = [];
  for (let pair = 0; pair < size.pairs; pair++) {
    const { peer, ...others } = sides;
    const withPeer = pair % size.peerEvery === 0;
    pairs.push(await onePair(measure, withPeer ? sides : others, size.requests));
    if (withPeer) say(shown(pairs.at(-1)));
  }
  return rowsOf(pairs, size, answer);
}

async function onePair(measure, { ours, bare, peer }, requests) {
  return {
    bare: await measure(bare, requests),
    ours: await measure(ours, requests),
    ...(peer ? { peer: await measure(peer, requests) } : {}),
    oursAgain: await measure(ours, requests),
    bareAgain: await measure(bare, requests),
  };
}

const shown = (pair) =>
  Object.entries(pair)
    .map(([name, microseconds]) => `${name} ${microseconds.toFixed(1)}`)
    .join(', ') + ' µs a request';

function rowsOf(pairs, { requests }, { body }) {
  const both = pairs.map((pair) => ({ ...pair, ours: mean([pair.ours, pair.oursAgain]) }));
  const toBare = ratioOf(both);
  // The ratio's other way round, since it is our own binary that runs twice beside the peer.
  const withPeer = pairs.filter(({ peer }) => peer !== undefined);
  const toOurs = ratioOf(
    withPeer.map(({ ours, oursAgain, peer }) => ({ ours: peer, bare: ours, bareAgain: oursAgain })),
  );
  const noise = ({ quiet, enough }) => (quiet && enough ? undefined : 'too noisy');
  const cost = (name, of = pairs) => told(`${name}, a request`, median(of.map((pair) => pair[name])), 'µs');
  const [b8, b9, b10] = FIGURES;
  const told8 = [
    cost('ours'),
    cost('bare'),
    told('bare against itself', toBare.self, '×'),
    // Beside the median, which leaves out what happens seldom: collecting all garbage, for one.
    told(
      'all measurements added up',
      totalOf(pairs, ['ours', 'oursAgain']) / totalOf(pairs, ['bare', 'bareAgain']),
      '×',
    ),
    told('body', Buffer.byteLength(body), 'bytes'),
    told('requests a measurement', requests, ''),
  ];
  const told9 = [cost('peer', withPeer), told('ours against itself', toOurs.self, '×')];
  const figure = (of, value, ratio, more, n = pairs.length) =>
    row(of, n, [part(of.promise, value, of.limit, of.unit, noise(ratio)), ...more]);
  return [
    figure(b8, toBare.ratio, toBare, told8),
    figure(b9, 1 / toOurs.ratio, toOurs, told9, withPeer.length),
    { ...figure(b10, toBare.ratio, toBare, []), counted: false },
  ];
}

function totalOf(pairs, names) {
  return pairs.reduce((sum, pair) => sum + names.reduce((of, name) => of + pair[name], 0), 0);
}

/** Writes the processor profile of the product under this load, for the performance tools of a browser. */
export async function profileHttp({ scratch, folder, name }) {
  const measure = await startLoad(scratch);
  const ours = await startOurs(scratch, ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}`]);
  await measure(ours, QUICK.warmUp);
  await measure(ours, FULL.warmUp);
  await ours.stop();
}
