import { ownRedis } from './cache-redis.mjs';
import { measureHttp } from './http-figures.mjs';
import { answerOf, startRuns, startSwitched } from './http-sides.mjs';
import { partAtLeast, row, told } from './row.mjs';
import { mean, median, PAIRS_NEEDED, ratioOf } from './statistics.mjs';

/** Many short pairs, as in http-figures.mjs, in several processes: how a process was compiled stays with it for as long as it lives. */
const FULL = { warmUp: 20_000, requests: 4000, processes: 4, pairs: 12 };
const QUICK = { warmUp: 5000, requests: 2000, processes: 1, pairs: PAIRS_NEEDED };

/** Throughput of a cached answer with limits against the same, of the same process, without. */
const limited =
  (envOf) =>
  async (figure, { scratch, quick }) => {
    const size = quick ? QUICK : FULL;
    const run = await startRuns(scratch);
    const env = await envOf(scratch);
    const pairs = [];
    for (let turn = 0; turn < size.processes; turn++) pairs.push(...(await ofOneProcess(run, scratch, env, size)));
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

/**
 * In turn: without, with, with, without, so that a drift of the machine hits both. The load sleeps while it waits, since Redis
 * needs its share of two cores.
 * @returns pairs of microseconds a request
 */
async function ofOneProcess(run, scratch, env, { warmUp, requests, pairs }) {
  const side = await startSwitched(scratch, env);
  await answerOf(side);
  const clock = async (on, count = requests) => {
    await side.limits(on);
    return (await run(side, count, { awake: false })).clock;
  };
  for (const on of [true, false, true]) await clock(on, warmUp);
  const list = [];
  for (let pair = 0; pair < pairs; pair++)
    list.push({
      bare: await clock(false),
      ours: mean([await clock(true), await clock(true)]),
      bareAgain: await clock(false),
    });
  await side.stop();
  return list;
}

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
    notInQuick: 'one process and 5 pairs of 2,000 requests instead of four, 48 and 4,000',
  },
  {
    id: 'F2',
    promise: 'throughput with limits in Redis against none',
    limit: 0.5,
    unit: '×',
    measure: limited(async (scratch) => ({ REDIS_URL: (await ownRedis(scratch)).url })),
    notInQuick: 'one process and 5 pairs of 2,000 requests instead of four, 48 and 4,000',
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
