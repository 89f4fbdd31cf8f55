import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { ScriptedRegistry } from '../../../test/support/registry.js';
import { Clock } from '../clock/clock.js';
import { backoffMs, retryAfterSeconds } from './backoff.js';
import { readBuffer, readJson } from './body.js';
import { ConfiguredOrigin } from './configured-origin.js';
import type { BreakerState, EgressResult, OriginOptions } from './egress.types.js';
import { RetryBudget } from './retry-budget.js';

let registry: ScriptedRegistry;
const open: ConfiguredOrigin[] = [];
let results: EgressResult[];
let states: BreakerState[];

function origin(options: Partial<OriginOptions> = {}): ConfiguredOrigin {
  const made = new ConfiguredOrigin(
    { upstream: 'test', origin: new URL(registry.url), deadlineMs: 5_000, maxBytes: 100_000, ...options },
    {
      clock: new Clock(),
      recorder: {
        request: (_upstream, result) => void results.push(result),
        breaker: (_upstream, state) => void states.push(state),
      },
      random: () => 0,
    },
  );
  open.push(made);
  return made;
}

beforeEach(async () => {
  results = [];
  states = [];
  registry = await ScriptedRegistry.start();
  registry.publish('a', { version: '1.0.0' });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await registry.close();
});

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: { code?: string }) => error.code,
  );

describe('a call to a configured origin', () => {
  it('decompresses, and says where the answer came from', async () => {
    const answer = await origin().get({ path: '/a/latest' }, readJson);
    expect(answer.value).toMatchObject({ name: 'a', version: '1.0.0' });
    expect(answer.provenance).toMatchObject({
      upstream: 'test',
      url: `${registry.url}a/latest`,
      status: 200,
      attempts: 1,
    });
    expect(answer.provenance.bytes).toBe(Buffer.byteLength(JSON.stringify(answer.value)));
    expect(results).toEqual(['ok']);
  });

  it('tells an unchanged answer by its ETag', async () => {
    const first = await origin().get({ path: '/a/latest' }, readJson);
    const second = await origin().get({ path: '/a/latest', etag: first.etag }, readJson);
    expect(second).toMatchObject({ status: 304, notModified: true });
    expect(results).toEqual(['ok', 'not_modified']);
  });

  it('takes 404 and 403 as answers and does not repeat them', async () => {
    expect((await origin().get({ path: '/none' }, readJson)).status).toBe(404);
    registry.misbehave('*', { kind: 'status', status: 403 });
    expect((await origin().get({ path: '/a' }, readJson)).status).toBe(403);
    expect(registry.calls).toHaveLength(2);
  });

  it('repeats what is worth repeating: errors of the server, cut connections', async () => {
    registry.misbehave('*', { kind: 'status', status: 503, times: 1 });
    expect((await origin().get({ path: '/a' }, readJson)).provenance.attempts).toBe(2);
    registry.behave().misbehave('*', { kind: 'cut', times: 2 });
    expect((await origin().get({ path: '/a' }, readJson)).provenance.attempts).toBe(3);
  });

  it('waits as long as Retry-After asks, and gives up at once when that is past the deadline', async () => {
    registry.misbehave('*', { kind: 'status', status: 429, retryAfter: '3600' });
    expect(await failure(origin().get({ path: '/a' }, readJson))).toBe('upstream_limited');
    expect(registry.calls).toHaveLength(1);
  });

  it('ends at the deadline when the other side hangs, drips or is full', async () => {
    registry.misbehave('/hang', { kind: 'hang' }).misbehave('/drip', { kind: 'drip' });
    const narrow = origin({ concurrency: 1, deadlineMs: 300 });
    // The second waits for the place of the first, whose deadline is the same: it may still begin, and hangs as well.
    const calls = [narrow.get({ path: '/hang' }, readJson), narrow.get({ path: '/hang' }, readJson)];
    expect(await Promise.all(calls.map(failure))).toEqual(['upstream_timeout', 'upstream_timeout']);
    expect(await failure(origin({ deadlineMs: 300 }).get({ path: '/drip' }, readJson))).toBe('upstream_timeout');
  });

  it('ends a body at the byte cap, counted after decompression', async () => {
    registry.misbehave('*', { kind: 'huge', bytes: 5_000_000 });
    expect(await failure(origin({ maxBytes: 1_000_000 }).get({ path: '/a' }, readBuffer))).toBe('upstream_too_large');
    const all = await origin({ maxBytes: 5_000_000 }).get({ path: '/a' }, readBuffer);
    expect(all.value).toHaveLength(5_000_000);
    expect(results).toEqual(['too_large', 'ok']);
  });

  it('says protocol for what is no JSON, no gzip or an encoding it never asked for', async () => {
    registry.misbehave('/a', { kind: 'garbage' }).misbehave('/b', { kind: 'bad-gzip' });
    expect(await failure(origin().get({ path: '/a' }, readJson))).toBe('upstream_protocol');
    expect(await failure(origin().get({ path: '/b' }, readJson))).toBe('upstream_protocol');
  });

  it('follows a redirect inside the origin, and no other one, so that credentials stay', async () => {
    const thief = await ScriptedRegistry.start();
    try {
      const trusted = origin({ authorization: 'Bearer canary' });
      registry.misbehave('/old', { kind: 'redirect', location: '/a/latest' });
      expect((await trusted.get({ path: '/old' }, readJson)).value).toMatchObject({ name: 'a' });
      for (const location of [
        thief.url,
        thief.url.replace('http:', ''),
        `http://u:p@127.0.0.1:1/`,
        'ftp://127.0.0.1/',
        'http://[',
      ]) {
        registry.misbehave('/away', { kind: 'redirect', location });
        expect(await failure(trusted.get({ path: '/away' }, readJson))).toBe('upstream_redirect');
      }
      registry.misbehave('/round', { kind: 'redirect', location: '/round' });
      expect(await failure(trusted.get({ path: '/round' }, readJson))).toBe('upstream_redirect');
      expect(thief.calls).toEqual([]);
      expect(registry.calls.every((call) => call.authorization === 'Bearer canary')).toBe(true);
    } finally {
      await thief.close();
    }
  });

  it('opens the breaker after faults in a row, fails at once while open, and closes it by one good trial', async () => {
    registry.misbehave('*', { kind: 'status', status: 500 });
    const weak = origin({ retries: 0, breaker: { failures: 3, halfOpenAfterMs: 30 } });
    for (let call = 0; call < 5; call += 1) await failure(weak.get({ path: '/a' }, readJson));
    expect(results).toEqual(['server_error', 'server_error', 'server_error', 'breaker_open', 'breaker_open']);
    expect(weak.breakerState).toBe('open');
    registry.behave();
    while ((await failure(weak.get({ path: '/a' }, readJson))) !== 'answered');
    expect(states).toEqual(['closed', 'open', 'half_open', 'closed']);
  });

  it('does not open the breaker for what is our own or the caller’s matter', async () => {
    const strict = origin({ retries: 0, maxBytes: 10, breaker: { failures: 1, halfOpenAfterMs: 60_000 } });
    expect(await failure(strict.get({ path: '/a' }, readJson))).toBe('upstream_too_large');
    registry.misbehave('*', { kind: 'status', status: 429 });
    expect(await failure(strict.get({ path: '/a' }, readJson))).toBe('upstream_limited');
    expect(strict.breakerState).toBe('closed');
  });

  it('refuses what no longer fits into the queue', async () => {
    registry.misbehave('/hang', { kind: 'hang' });
    const tiny = origin({ concurrency: 1, queue: 0, deadlineMs: 300, retries: 0 });
    const hanging = failure(tiny.get({ path: '/hang' }, readJson));
    expect(await failure(tiny.get({ path: '/a' }, readJson))).toBe('upstream_queue_full');
    expect(await hanging).toBe('upstream_timeout');
  });

  it('ends an attempt at its limit while it still connects, so that it holds no place', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = new URL(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const slow = origin({ origin: address, concurrency: 1, attemptMs: 100, connectMs: 4_000 });
    expect(await failure(slow.get({ path: '/a' }, readJson))).toBe('upstream_timeout');
    expect(results).toEqual(['timeout', 'timeout', 'timeout']);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('says connect when nothing listens', async () => {
    const orphan = origin();
    await registry.close();
    expect(await failure(orphan.get({ path: '/a' }, readJson))).toBe('upstream_connect');
    registry = await ScriptedRegistry.start();
  });
});

describe('retries', () => {
  it('are paid from a budget of a tenth of the calls and three a second', () => {
    let nowMs = 0;
    const clock = Object.assign(new Clock(), { monotonicMs: () => nowMs });
    const budget = new RetryBudget(clock);
    const drain = () => {
      let taken = 0;
      while (budget.withdraw()) taken += 1;
      return taken;
    };
    expect(drain()).toBe(3);
    for (let call = 0; call < 100; call += 1) budget.deposit();
    expect(drain()).toBe(10);
    nowMs += 1_000;
    expect(drain()).toBe(3);
    nowMs += 3_600_000;
    expect(drain()).toBe(30);
  });

  it('wait a random part of a doubled step, capped, or what was asked for', () => {
    expect([0, 1, 2, 9].map((attempt) => backoffMs(attempt, 1))).toEqual([200, 400, 800, 2_000]);
    expect(backoffMs(3, 0)).toBe(0);
    expect(backoffMs(0, 0.5, 7)).toBe(7_000);
  });

  it('read Retry-After as seconds or as a date', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    expect(retryAfterSeconds('120', now)).toBe(120);
    expect(retryAfterSeconds('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30);
    expect(retryAfterSeconds('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    expect(retryAfterSeconds('soon', now)).toBeUndefined();
    expect(retryAfterSeconds(undefined, now)).toBeUndefined();
  });
});
