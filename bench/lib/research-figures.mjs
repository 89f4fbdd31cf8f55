import { runSession } from '../../scripts/service.mjs';
import { closedRegistry, silentRegistry } from './registry.mjs';
import { held, part, row, told } from './row.mjs';
import { assertTenGaps, counter, TEN_GAPS } from './scratch.mjs';
import { median } from './statistics.mjs';

const CALLS = 'tech_spec_upstream_requests_total';
const CATEGORIES = ['queue-jobs', 'orm-query', 'framework-web', 'search-engine', 'authentication'];

async function timed(work) {
  const startedAt = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - startedAt) / 1000 };
}

/** A4: the session of ten gaps on an empty data folder, with the registry that npm is configured with. */
export async function emptyCache(figure, { scratch, quick, kept }) {
  const times = [];
  let calls = 0;
  for (let one = 0; one < (quick ? 1 : 3); one++) {
    await kept.service?.stop();
    const service = await scratch.service();
    const { result, seconds } = await timed(() => runSession(service, TEN_GAPS));
    if (result.status !== 'completed') throw new Error(`ended as ${result.status}: is the registry reachable?`);
    assertTenGaps(result);
    calls = await counter(service, CALLS);
    if (calls === 0) throw new Error('no registry call was counted although the cache was empty');
    times.push(seconds);
    kept.service = service;
  }
  return row(figure, times.length, [
    part('session (median)', median(times), 20, 's'),
    told('registry calls', calls, 'calls'),
  ]);
}

/** A5: the identical run again: in the same process, and after a restart on the same data. No call in either. */
export async function secondRun(figure, { scratch, quick, kept }) {
  const service = (kept.service ??= await scratch.service());
  assertTenGaps(await runSession(service, TEN_GAPS));
  const before = await counter(service, CALLS);
  const times = [];
  for (let one = 0; one < (quick ? 2 : 5); one++)
    times.push((await timed(() => runSession(service, TEN_GAPS))).seconds);
  const calls = (await counter(service, CALLS)) - before;
  const same = [part('session (median)', median(times), 2, 's'), part('registry calls', calls, 0, 'calls')];
  if (quick) return row(figure, times.length, same);
  await service.stop();
  const restarted = (kept.service = await scratch.service({ dataDir: service.dataDir }));
  const { seconds } = await timed(() => runSession(restarted, TEN_GAPS));
  return row(figure, times.length, [
    ...same,
    part('after a restart: session', seconds, 2, 's'),
    part('after a restart: registry calls', await counter(restarted, CALLS), 0, 'calls'),
  ]);
}

/** A6: X-Response-Time of POST /v1/research (the service's whole time, X-Exec-Time is the handler's part of it). */
export async function cachedGaps(figure, { scratch, quick, kept }) {
  const service = (kept.service ??= await scratch.service());
  const { projectType, techStack, requirements } = TEN_GAPS.brief;
  const ask = (category) =>
    service.call('POST', '/v1/research', {
      body: { category, context: { projectType, techStack: { ...techStack }, requirements } },
      headers: { prefer: 'wait=8' },
    });
  for (const category of CATEGORIES) while ((await settled(ask(category))).status !== 200);
  const whole = CATEGORIES.map(() => []);
  const handler = CATEGORIES.map(() => []);
  for (let one = 0; one < (quick ? 40 : 200); one++)
    for (const [index, category] of CATEGORIES.entries()) {
      const { headers, status } = await settled(ask(category));
      if (status !== 200) throw new Error(`${category}: ${status} instead of a cached answer`);
      whole[index].push(Number.parseFloat(headers.get('x-response-time')));
      handler[index].push(Number.parseFloat(headers.get('x-exec-time')));
    }
  const slowest = (lists) => Math.max(...lists.map(median));
  return row(figure, whole[0].length * CATEGORIES.length, [
    part('slowest of five (median, X-Response-Time)', slowest(whole), 2, 'ms'),
    told('of it in the handler (X-Exec-Time)', slowest(handler), 'ms'),
  ]);
}

/** A connection is only free for the next call when the answer was read. */
async function settled(pending) {
  const response = await pending;
  await response.arrayBuffer();
  return response;
}

/** A7: nobody listens at the registry's address, and somebody accepts and never answers. */
export async function unreachable(figure, { scratch, quick }) {
  const closed = await withoutRegistry(scratch, await closedRegistry());
  const said = (mistakes) => held('ended as completed_degraded, document says what is unknown', mistakes);
  if (quick) return row(figure, 1, [part('nobody listens', closed.seconds, 30, 's'), said(closed.mistakes)]);
  const silent = await withoutRegistry(scratch, await silentRegistry(scratch));
  return row(figure, 2, [
    part('accepts and never answers', silent.seconds, 30, 's'),
    part('nobody listens', closed.seconds, 30, 's'),
    said(silent.mistakes + closed.mistakes),
  ]);
}

async function withoutRegistry(scratch, address) {
  const service = await scratch.service({ env: { npm_config_registry: address } });
  const { result, seconds } = await timed(() => runSession(service, TEN_GAPS));
  const answer = await service.call('GET', `${result.path}/document`, { headers: { accept: 'text/markdown' } });
  const says = /\bunknown\b/i.test(await answer.text());
  await service.stop();
  return { seconds, mistakes: Number(result.status !== 'completed_degraded') + Number(!says) };
}
