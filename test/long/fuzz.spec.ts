import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import pg from 'pg';
import { readCatalogue } from '../../src/http/docs-page.js';
import { publishCatalogue } from '../e2e/sessions/sessions-kit.js';
import { type LoggedDatabase, loggedDatabase } from '../support/database.js';
import { PROJECT_ROOT } from '../support/project-root.js';
import { eventually } from '../support/redis.js';
import { ScriptedRegistry } from '../support/registry.js';
import { releaseOf, type Release, ServiceProcess } from '../support/service.js';
import { curlOf, FuzzClient, type WireRequest } from './support/fuzz-client.js';
import { type Answer, Contract, type Json, type Operation, typeOf } from './support/fuzz-contract.js';
import { brokenFrames, FRAMES } from './support/fuzz-frames.js';
import { goodRequest, requestsOf } from './support/fuzz-requests.js';
import { OF_OTHERS, workedWorld, type World, worldOf } from './support/fuzz-world.js';
import { type Held, heldBy, INSPECTABLE } from './support/inspected.js';
import { SAMPLE, say, seededRandom, seedOf } from './support/long-run.js';

const REQUESTS = SAMPLE ? 5_000 : 50_000;
/** After these all that is made once is made: caches, compiled schemas, connections. */
const WARM_UP = REQUESTS / 5;
const BROKEN_FRAMES = SAMPLE ? 200 : 2_000;
const DEPARTURES = SAMPLE ? 320 : 3_200;
const IN_FLIGHT = 32;
/** What the heap may keep of all those requests, bytes. */
const MOST_KEPT = 24 * 1024 * 1024;

const limitsOf = (calls: number) =>
  Object.fromEntries(
    ['PER_MINUTE', 'ADDRESS_PER_MINUTE', 'SEARCH_PER_MINUTE', 'RUN_PER_MINUTE', 'CONCURRENT', 'ACTIVE_SESSIONS'].map(
      (name) => [`RATE_LIMIT_${name}`, String(calls)],
    ),
  );
/** Limits are on, so that their headers are told, and never reached; nor is a busy machine what this is about. */
const UNREACHED = { RATE_LIMIT_ENABLED: 'true', ...limitsOf(100_000_000), DB_POOL_TIMEOUT: '30' };

const codes = new Map(
  readCatalogue(readFileSync(join(PROJECT_ROOT, 'docs', 'errors.md'), 'utf8')).map(
    ({ code, status }) => [code, Number(status)] as const,
  ),
);

const PROBLEM = 'application/problem+json';
const LIMIT_HEADERS = [
  'ratelimit',
  'ratelimit-policy',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
];
/** Never limited: probes and metrics. */
const isExempt = (operation: Operation | undefined) => /^\/(?:health|metrics)/.test(operation?.path ?? '');
/** Bytes that are no request and addresses that the router gives up on meet none of our hooks. */
const isBeforeHooks = ({ status, text }: Answer, isHead: boolean) =>
  /"code":"(?:malformed_http|headers_too_large|malformed_request|uri_too_long)"/.test(text) ||
  (isHead && [400, 414, 431].includes(status));

/** SQLSTATE of what the text of a statement or of a value is to blame for: syntax and names, values of no such type. */
const OF_THE_TEXT = /\b(?:ERROR|FATAL): {2}(?:42|22)[0-9A-Z]{3}:/;
const codesOf = (lines: readonly string[]) => lines.map((line) => /: {2}([0-9A-Z]{5}):/.exec(line)?.[1] ?? 'none');

describe('whatever is sent', () => {
  const seed = seedOf('fuzz');
  let release: Release;
  let registry: ScriptedRegistry;
  let database: LoggedDatabase;
  let service: ServiceProcess;
  let contract: Contract;
  let world: World;
  let client: FuzzClient;
  let before: Held;
  const reached = new Map<string, Set<number>>();
  let sent = 0;

  const start = (role: 'all' | 'api', env: Record<string, string>) =>
    ServiceProcess.start({ release, database, registry: registry.url, role, env });

  beforeAll(async () => {
    [registry, database, release] = [await ScriptedRegistry.start(), await loggedDatabase(), releaseOf()];
    publishCatalogue(registry);
    const worker = await start('all', UNREACHED);
    const worked = await workedWorld(worker);
    await worker.stop();
    // Without a worker: what is started stays queued, and the machine is for the requests.
    service = await start('api', { ...UNREACHED, ...INSPECTABLE });
    contract = new Contract(await service.call<Json>('GET', '/openapi.json'), codes);
    world = await worldOf(service, worked);
    client = new FuzzClient(service.address, IN_FLIGHT);
  }, 180_000);
  afterAll(async () => {
    await client?.close();
    await service?.stop('SIGKILL');
    await registry?.close();
    await database?.close();
    release?.remove();
  }, 60_000);

  /** Sends it and says what is wrong with what came back, with the line that repeats it. */
  async function judged(request: WireRequest): Promise<string[]> {
    sent += 1;
    const answer = await client.send(request);
    const operation = contract.operationAt(request.method, request.target);
    if (operation) reached.set(operation.name, (reached.get(operation.name) ?? new Set()).add(answer.status));
    const isHead = request.method === 'HEAD';
    const mistakes = [
      ...(operation ? contract.mistakesOf(operation, answer, isHead) : unservedMistakes(answer, isHead)),
      ...headerMistakes(request, answer, operation),
      ...(answer.status >= 500 ? [`${answer.status} ${answer.text.slice(0, 200)}`] : []),
      ...(answer.text.includes(OF_OTHERS) && !isOfOthers(request) ? ['holds what belongs to another workspace'] : []),
    ];
    const name = operation?.name ?? 'an address that is not served';
    return mistakes.map((mistake) => `${name}: ${mistake}\n    ${curlOf(service.address, request)}`);
  }

  const isOfOthers = ({ headers }: WireRequest) => headers.some(([, value]) => value.includes(world.callers.foreign));

  /** The contract does not name it: it is the page or the description, or refused with a reason. */
  function unservedMistakes(answer: Answer, isHead: boolean): string[] {
    if (answer.status < 400) return [];
    return [
      ...(typeOf(answer) === PROBLEM || isHead ? [] : ['a refusal without a problem']),
      ...contract.problemMistakes(answer),
    ];
  }

  function headerMistakes(request: WireRequest, answer: Answer, operation?: Operation): string[] {
    const { status, headers } = answer;
    const isOutside = isBeforeHooks(answer, request.method === 'HEAD');
    const given = request.headers.find(([name]) => name === 'x-request-id')?.[1] ?? '';
    const isKept = !/^[\w-]{1,128}$/.test(given) || isOutside || headers['x-request-id'] === given;
    const needed = ['x-request-id', ...(isExempt(operation) || isOutside ? [] : LIMIT_HEADERS)];
    return [
      ...needed.filter((name) => !headers[name]).map((name) => `no ${name} with ${status}`),
      ...(isKept ? [] : ['another X-Request-ID than was sent']),
    ];
  }

  const inFlight = async () =>
    Number(/^tech_spec_http_requests_in_flight (\d+)/m.exec(await service.call<string>('GET', '/metrics'))?.[1]);

  /** Lists of requests at once; the first list with a mistake is made as small as it can be. */
  async function fuzz(until: number): Promise<void> {
    const lists = fc.array(requestsOf(contract, world), { minLength: 1, maxLength: 4 * IN_FLIGHT, size: 'max' });
    for (let round = 0; sent < until; round++) {
      const property = fc.asyncProperty(lists, async (requests) => {
        const wrong = (await Promise.all(requests.map(judged))).flat();
        if (wrong.length > 0) throw new Error(`\n${wrong.join('\n')}\n`);
      });
      await fc.assert(property, {
        seed: seed + until + round,
        numRuns: 10,
        includeErrorInReport: true,
        interruptAfterTimeLimit: 60_000,
      });
    }
  }

  it('each operation succeeds with what it is for', async () => {
    const wrong: string[] = [];
    for (const operation of contract.operations) {
      wrong.push(...(await judged(goodRequest(operation, world))));
      const statuses = [...(reached.get(operation.name) ?? [])];
      if (!statuses.some((status) => status < 400)) wrong.push(`${operation.name}: only ${statuses.join()}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it('each operation that needs a key is refused without one', async () => {
    const wrong: string[] = [];
    for (const operation of contract.operations.filter(({ needsKey }) => needsKey)) {
      const request = goodRequest(operation, world);
      wrong.push(
        ...(await judged({ ...request, headers: request.headers.filter(([name]) => name !== 'authorization') })),
      );
      if (!reached.get(operation.name)?.has(401)) wrong.push(`${operation.name}: no 401`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it(`${REQUESTS} requests: every answer is as /openapi.json says, and none is a failure of ours`, async () => {
    await fuzz(WARM_UP);
    before = await heldBy(service);
    const startedMs = Date.now();
    await fuzz(REQUESTS);
    say(`  ${sent} requests, ${Math.round((sent - WARM_UP) / ((Date.now() - startedMs) / 1000))} a second`);
    expect(reached.size).toBe(contract.operations.length);
  }, 1_800_000);

  it('bytes that are no request get a problem or nothing', async () => {
    const mistakesOf = async (bytes: Buffer): Promise<string[]> => {
      const answer = await client.sendBytes(bytes);
      if (!answer || answer.status < 400) return [];
      const mistakes = [
        ...(answer.status >= 500 ? ['a failure of ours'] : []),
        ...(typeOf(answer) === PROBLEM ? contract.problemMistakes(answer) : ['no problem']),
      ];
      const shown = JSON.stringify(bytes.toString('latin1').slice(0, 200));
      return mistakes.map((mistake) => `${answer.status} ${mistake}: ${shown}`);
    };
    const wrong: string[] = [];
    for (const frame of FRAMES) wrong.push(...(await mistakesOf(Buffer.from(frame, 'latin1'))));
    expect(wrong).toEqual([]);
    const property = fc.asyncProperty(brokenFrames, async (bytes) => expect(await mistakesOf(bytes)).toEqual([]));
    await fc.assert(property, { seed, numRuns: BROKEN_FRAMES });
  }, 300_000);

  it(`${DEPARTURES} clients that go away at any moment leave nothing behind`, async () => {
    const readers = contract.operations.filter(({ method }) => method === 'GET').map((one) => goodRequest(one, world));
    const random = seededRandom(seed);
    const leave = () =>
      client.leave(readers[Math.floor(random() * readers.length)]!, random() < 0.5 ? random() * 3 : random() * 40);
    for (let left = 0; left < DEPARTURES; left += IN_FLIGHT)
      await Promise.all(Array.from({ length: IN_FLIGHT }, leave));
  }, 300_000);

  it('the process stays as it was: memory, connections, health, log', async () => {
    await client.close();
    client = new FuzzClient(service.address, 1);
    await sleep(500);
    const after = await heldBy(service);
    const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
    say(`  heap ${mib(before.heapBytes)} MiB before, ${mib(after.heapBytes)} MiB after`);
    expect(after.heapBytes - before.heapBytes).toBeLessThan(MOST_KEPT);
    // Those to the database, and one of whoever asks.
    expect(after.resources['TCPSocketWrap'] ?? 0).toBeLessThanOrEqual(before.resources['TCPSocketWrap'] ?? 0);
    expect(await service.call('GET', '/health')).toMatchObject({ status: 'ok', degraded: [] });
    // The look itself is one; what is left of those who went away ends with its deadline, at the latest.
    await eventually(async () => (await inFlight()) === 1, 'nothing is in flight', 15_000);
    expect(service.said.split('\n').filter((line) => /"level":"(?:error|fatal)"|Unhandled/.test(line))).toEqual([]);
  }, 60_000);

  it('the log of the database has no statement that was no SQL, nor a value that was none of its type', async () => {
    const before = database.errors();
    const owner = new pg.Client(database.ownerUrl);
    await owner.connect();
    for (const text of ['SELECT FROM WHERE', `SELECT 'x'::uuid`, 'SELECT nothing'])
      await owner.query(text).catch(() => undefined);
    await owner.end();
    // The log is that of this server, and shows what it is asked for.
    expect(codesOf(database.errors().slice(before.length))).toEqual(['42601', '22P02', '42703']);
    const counts = new Map<string, number>();
    for (const code of codesOf(before)) counts.set(code, (counts.get(code) ?? 0) + 1);
    say(`  errors in the log of the database: ${[...counts].map((one) => one.join(' × ')).join(', ') || 'none'}`);
    expect(before.filter((line) => OF_THE_TEXT.test(line))).toEqual([]);
  });

  it('what is too much is told as /openapi.json says, for each operation that is limited', async () => {
    const strict = await start('api', { RATE_LIMIT_ENABLED: 'true', ...limitsOf(2) });
    const hasty = new FuzzClient(strict.address, 1);
    const wrong: string[] = [];
    for (const operation of contract.operations.filter((one) => !isExempt(one))) {
      const request = goodRequest(operation, world);
      const ask = () => hasty.send(request);
      const answer = (await ask()).status === 429 ? await ask() : [await ask(), await ask()].at(-1)!;
      const { status, headers } = answer;
      const told = [status, headers['retry-after'] !== undefined, headers['ratelimit'] !== undefined];
      const mistakes = contract.mistakesOf(operation, answer, false);
      if (told.join() !== '429,true,true' || mistakes.length)
        wrong.push(`${operation.name}: ${told.join()} ${mistakes.join()}`);
    }
    await hasty.close();
    await strict.stop('SIGKILL');
    expect(wrong).toEqual([]);
  }, 60_000);
});
