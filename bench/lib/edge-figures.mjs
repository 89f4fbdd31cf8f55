import { ownRedis } from './cache-redis.mjs';
import { measureHttp } from './http-figures.mjs';
import { answerOf, startOurs, startRuns } from './http-sides.mjs';
import { partAtLeast, row, told } from './row.mjs';
import { median, PAIRS_NEEDED, ratioOf } from './statistics.mjs';

/** Many short pairs, as in http-figures.mjs. */
const FULL = { warmUp: 20_000, requests: 4000, pairs: 31 };
const QUICK = { warmUp: 5000, requests: 2000, pairs: PAIRS_NEEDED };

/** Throughput of a cached answer with limits against the same without, in turn: without, with, without. */
const limited =
  (envOf) =>
  async (figure, { scratch, quick }) => {
    const size = quick ? QUICK : FULL;
    const run = await startRuns(scratch);
    const without = await startOurs(scratch, [], { RATE_LIMIT_ENABLED: 'false' });
    const side = await startOurs(scratch, [], await envOf(scratch));
    for (const one of [without, side]) {
      await answerOf(one);
      await run(one, size.warmUp);
    }
    // The load sleeps while it waits: Redis needs its share of two cores.
    const clock = async (one) => (await run(one, size.requests, { awake: false })).clock;
    const pairs = [];
    for (let pair = 0; pair < size.pairs; pair++)
      pairs.push({ bare: await clock(without), ours: await clock(side), bareAgain: await clock(without) });
    const { ratio, self, quiet, enough } = ratioOf(pairs);
    const rate = (of) => 1_000_000 / median(pairs.map(of));
    return row(figure, pairs.length, [
      partAtLeast(figure.promise, 1 / ratio, figure.limit, figure.unit, quiet && enough ? undefined : 'too noisy'),
      told(
        'with limits',
        rate(({ ours }) => ours),
        'requests/s',
      ),
      told(
        'without',
        rate(({ bare }) => bare),
        'requests/s',
      ),
      told('without against itself', self, '×'),
    ]);
  };

let http;

/** Figures of bench:http, measured once, with limits, identity, log and all else on. */
const asInHttp =
  (index) =>
  async (figure, { scratch, quick, say }) => {
    http ??= measureHttp({ scratch, quick, say });
    const rows = await http;
    return { ...rows[index], id: figure.id, promise: figure.promise };
  };

export const FIGURES = [
  {
    id: 'F1',
    promise: 'throughput with limits in memory against none',
    limit: 0.9,
    unit: '×',
    measure: limited(() => ({})),
    notInQuick: '5 pairs of 2,000 requests a measurement instead of 31 of 4,000',
  },
  {
    id: 'F2',
    promise: 'throughput with limits in Redis against none',
    limit: 0.5,
    unit: '×',
    measure: limited(async (scratch) => ({ REDIS_URL: (await ownRedis(scratch)).url })),
    notInQuick: '5 pairs of 2,000 requests a measurement instead of 31 of 4,000',
  },
  {
    id: 'F3',
    promise: 'HTTP cache hit with everything on, processor time against bare Fastify',
    limit: 3,
    unit: '×',
    measure: asInHttp(0),
    notInQuick: '5 pairs of 2,500 requests a measurement instead of 35 of 8,000',
  },
  {
    id: 'F4',
    promise: 'the same against Nest on Express with the stock parts',
    limit: 0.25,
    unit: '×',
    measure: asInHttp(1),
    notInQuick: '5 pairs of 2,500 requests a measurement instead of 35 of 8,000',
  },
  { id: 'F5', promise: 'stretch: F3 within', limit: 2.2, unit: '×', stretch: true, measure: asInHttp(2) },
];
