import { DataSource } from 'typeorm';
import type { Answer } from '../../support/app.js';
import type { ConfigOverrides } from '../../support/config.js';
import { addKey, DEFAULT_WORKSPACE } from '../platform/response-cache-kit.js';
import { BRIEF, sessionsKit, type SessionsKit } from '../sessions/sessions-kit.js';

const MINUTE = 60_000;
const classes = {
  default: { limit: 30, windowMs: MINUTE },
  search: { limit: 3, windowMs: MINUTE },
  run: { limit: 4, windowMs: MINUTE },
  scrape: { limit: 5, windowMs: MINUTE },
  network: { limit: 5, windowMs: 60 * MINUTE },
  upload: { limit: 10, windowMs: MINUTE },
};
const LIMITS: ConfigOverrides['rateLimit'] = {
  enabled: true,
  dryRun: false,
  address: { limit: 10_000, windowMs: MINUTE },
  classes,
  concurrent: 2,
  activeSessions: 3,
};

const research = (number: number) => ({
  category: 'queue-jobs',
  context: { projectType: 'web service', techStack: { language: 'TypeScript' }, requirements: [`question ${number}`] },
});
const problem = (answer: Answer) => [answer.statusCode, answer.json<{ code: string }>().code];

describe('limits', () => {
  let kit: SessionsKit;
  let keys = 0;
  /** The kit's own key would meet limits, too: whoever looks often does so from here, past the edge. */
  const until = async (id: string, ...statuses: string[]) => {
    const rows = kit.app.get(DataSource, { strict: false });
    for (let tries = 0; tries < 800; tries++) {
      const [row] = await rows.query<{ status: string }[]>('SELECT status FROM sessions WHERE id = $1', [id]);
      if (statuses.includes(row?.status ?? '')) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`${id} is never ${statuses.join(' or ')}`);
  };
  const newKey = async () => (await addKey(kit, DEFAULT_WORKSPACE, `limitkey${++keys}`, 'admin')).headers;
  const many = async (count: number, ask: (number: number) => Promise<Answer>) => {
    const answers: Answer[] = [];
    for (let number = 0; number < count; number++) answers.push(await ask(number));
    return answers;
  };

  beforeAll(async () => {
    kit = await sessionsKit({ rateLimit: LIMITS });
  }, 60_000);
  afterAll(() => kit?.close());

  it('every answer says what is left: served, refused, unknown; probes and metrics are never limited', async () => {
    const headers = await newKey();
    const served = await kit.get('/whoami', headers);
    expect(served.headers).toMatchObject({
      'ratelimit-policy': '"default";q=30;w=60',
      ratelimit: '"default";r=29;t=60',
      'x-ratelimit-limit': '30',
      'x-ratelimit-remaining': '29',
      'x-ratelimit-reset': '60',
    });
    const others = [
      await kit.get('/whoami', { authorization: '' }),
      await kit.get('/nowhere', headers),
      await kit.get('/%zz', headers),
      await kit.call('PUT', '/whoami', { headers }),
      await kit.get('/v1/sessions/0190a0de-0000-7000-8000-000000000000', headers),
      await kit.post('/v1/sessions', {}, headers),
    ];
    expect(others.map(({ statusCode }) => statusCode)).toEqual([401, 404, 400, 405, 404, 422]);
    for (const answer of others) expect(answer.headers['ratelimit']).toMatch(/^"(default|address)";r=\d+;t=\d+$/);
    for (const path of ['/health', '/health/live', '/health/ready', '/metrics'])
      for (let count = 0; count < 40; count++) {
        const { statusCode, headers: said } = await kit.get(path, { authorization: '' });
        expect([path, statusCode, said['ratelimit']]).toEqual([path, 200, undefined]);
      }
  });

  it('refuses one call too many of a key with the remedy, and no other key', async () => {
    const [headers, others] = [await newKey(), await newKey()];
    const answers = await many(31, () => kit.get('/whoami', headers));
    expect(answers.slice(0, 30).every(({ statusCode }) => statusCode === 200)).toBe(true);
    const refused = answers[30]!;
    expect(problem(refused)).toEqual([429, 'rate_limited']);
    const wait = Number(refused.headers['retry-after']);
    expect(wait).toBeGreaterThan(55);
    expect(wait).toBeLessThanOrEqual(63);
    expect(refused.json<{ detail: string }>().detail).toContain(`wait ${wait} s`);
    expect(refused.headers['ratelimit']).toBe(`"default";r=0;t=${wait}`);
    expect((await kit.get('/whoami', others)).statusCode).toBe(200);
    const metrics = (await kit.get('/metrics')).body;
    expect(metrics).toMatch(/tech_spec_throttled_total\{policy="default"\} [1-9]/);
  });

  it('a cached answer costs a call like any other', async () => {
    const headers = await newKey();
    const answers = await many(31, () => kit.get('/v1/research/categories', headers));
    expect(answers[29]!.headers['cache-status']).toContain('hit');
    expect(answers[30]!.statusCode).toBe(429);
  });

  it('research that is in the cache costs a call, and only the rest a search', async () => {
    const headers = await newKey();
    const ask = (number: number) => kit.post('/v1/research', research(number), { ...headers, prefer: 'wait=8' });
    expect((await ask(1)).statusCode).toBe(200);
    for (const again of await many(6, () => ask(1))) expect(again.statusCode).toBe(200);
    const two = await ask(2);
    expect(two.headers['ratelimit']).toMatch(/^"default";r=\d+;t=\d+, "search";r=1;t=\d+$/);
    expect(two.headers['x-ratelimit-limit']).toBe('3');
    expect((await ask(3)).statusCode).toBe(200);
    expect(problem(await ask(4))).toEqual([429, 'rate_limited']);
    expect((await ask(3)).statusCode).toBe(200);
  }, 30_000);

  it('starting and running again share a class; an estimate costs a call', async () => {
    const headers = await newKey();
    const start = (dryRun = false) =>
      kit.post(`/v1/sessions${dryRun ? '?dryRun=true' : ''}`, { ...BRIEF, options: { plan: 'ask' } }, headers);
    for (const estimate of await many(6, () => start(true))) expect(estimate.statusCode).toBe(200);
    for (const started of await many(4, async () => {
      const answer = await start();
      await until(answer.json<{ id: string }>().id, 'awaiting_plan');
      return answer;
    }))
      expect(started.statusCode).toBe(201);
    expect(problem(await start())).toEqual([429, 'rate_limited']);
    const { items } = (await kit.get('/v1/sessions?perPage=1', headers)).json<{ items: { id: string }[] }>();
    expect(problem(await kit.post(`/v1/sessions/${items[0]!.id}/rerun`, undefined, headers))).toEqual([
      429,
      'rate_limited',
    ]);
  }, 30_000);

  it('a workspace has so many sessions under way at once; those that wait for people do not count', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => kit.post('/v1/sessions', BRIEF, await newKey())),
    );
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(3);
    expect(refused.map(problem)).toEqual(Array(5).fill([429, 'too_many_active_sessions']));
    expect(refused[0]!.headers['retry-after']).toBe('30');
    for (const { statusCode, json } of answers)
      if (statusCode === 201) await until(json<{ id: string }>().id, 'completed', 'completed_degraded');
    expect((await kit.post('/v1/sessions', BRIEF, await newKey())).statusCode).toBe(201);
  }, 60_000);

  it('a key has so many calls under way at once, streams apart, and its places come back', async () => {
    const headers = await newKey();
    const started = await kit.post('/v1/sessions', { ...BRIEF, options: { plan: 'ask' } }, await newKey());
    const session = started.json<{ id: string }>();
    await until(session.id, 'awaiting_plan');
    const streams = Array.from({ length: 6 }, () => kit.get(`/v1/sessions/${session.id}/events`, headers));
    // Each waits for a worker, so that all are under way together.
    const ask = (number: number) => kit.post('/v1/research', research(number), { ...headers, prefer: 'wait=8' });
    const answers = await Promise.all([ask(101), ask(102), ask(103)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 429]);
    expect(problem(answers.find(({ statusCode }) => statusCode === 429)!)).toEqual([429, 'too_many_at_once']);
    expect((await kit.get('/whoami', headers)).statusCode).toBe(200);
    await kit.post(`/v1/sessions/${session.id}/cancel`, undefined, headers);
    await Promise.all(streams);
  }, 30_000);
});

describe('places of clients that go away', () => {
  let kit: SessionsKit;
  beforeAll(async () => {
    kit = await sessionsKit({ rateLimit: { ...LIMITS, classes: { ...classes, search: classes.default } } });
    await kit.app.listen(0, '127.0.0.1');
  }, 60_000);
  afterAll(() => kit?.close());

  it('come back', async () => {
    const { port } = kit.app.getHttpServer().address() as { port: number };
    const headers = { authorization: `Bearer ${kit.key}`, 'content-type': 'application/json', prefer: 'wait=8' };
    for (let number = 200; number < 206; number++) {
      const gone = new AbortController();
      const body = JSON.stringify(research(number));
      const asked = fetch(`http://127.0.0.1:${port}/v1/research`, {
        method: 'POST',
        headers,
        body,
        signal: gone.signal,
      });
      setTimeout(() => gone.abort(), 40);
      const answer = await asked.catch(() => undefined);
      expect(answer?.status).not.toBe(429);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    // The one that asks.
    expect((await kit.get('/metrics')).body).toMatch(/http_requests_in_flight 1\n/);
  });
});

describe('limits of an address', () => {
  let kit: SessionsKit;
  beforeAll(async () => {
    kit = await sessionsKit({ rateLimit: { ...LIMITS, address: { limit: 20, windowMs: MINUTE } } });
  }, 60_000);
  afterAll(() => kit?.close());

  it('end before a key is looked at: who tries keys is refused, at addresses that are not served as well', async () => {
    const tries = [];
    for (let number = 0; number < 15; number++)
      tries.push(await kit.get('/whoami', { authorization: `Bearer tsk_unknown${number}00.${'x'.repeat(43)}` }));
    for (let number = 0; number < 10; number++) tries.push(await kit.get(`/nowhere/${number}`, { authorization: '' }));
    expect(tries.map(({ statusCode }) => statusCode)).toEqual([
      ...Array<number>(15).fill(401),
      ...Array<number>(5).fill(404),
      ...Array<number>(5).fill(429),
    ]);
    expect(tries[24]!.headers['ratelimit']).toMatch(/^"address";r=0;t=\d+$/);
    expect((await kit.get('/health/live')).statusCode).toBe(200);
  });
});

describe('a dry run', () => {
  let kit: SessionsKit;
  beforeAll(async () => {
    kit = await sessionsKit({ rateLimit: { ...LIMITS, dryRun: true } });
  }, 60_000);
  afterAll(() => kit?.close());

  it('serves everybody and counts what it would refuse', async () => {
    for (let count = 0; count < 35; count++) expect((await kit.get('/whoami')).statusCode).toBe(200);
    const [, counted] =
      /tech_spec_throttled_total\{policy="default"\} (\d+)/.exec((await kit.get('/metrics')).body) ?? [];
    expect(Number(counted)).toBe(5);
  });
});
