import { setTimeout as sleep } from 'node:timers/promises';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ScriptedRegistry } from '../support/registry.js';
import { releaseOf, type Release, ServiceProcess } from '../support/service.js';
import { SAMPLE, say, seededRandom, seedOf } from './support/long-run.js';

const KEYS = SAMPLE ? 8 : 200;
const AT_ONCE = 200;
const LOST = SAMPLE ? 20 : 200;
const KILLS = SAMPLE ? 1 : 10;

describe('Idempotency-Key on two processes', () => {
  const random = seededRandom(seedOf('idempotency'));
  let release: Release;
  let registry: ScriptedRegistry;
  let database: TestDatabase;
  let fleet: ServiceProcess[] = [];

  const start = (role: 'all' | 'api') =>
    ServiceProcess.start({ release, database, registry: registry.url, role, env: { DB_POOL_SIZE: '10' } });
  const make = (service: ServiceProcess, key: string, signal?: AbortSignal) =>
    fetch(`${service.address}/v1/api-keys`, {
      method: 'POST',
      headers: { ...service.authorization, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ name: key, role: 'viewer' }),
      signal,
    });
  /** Ids of what was made under a key. */
  const made = async (key: string): Promise<string[]> => {
    const { items } = await fleet[1]!.call<{ items: { id: string; name: string }[] }>(
      'GET',
      '/v1/api-keys?perPage=500',
    );
    return items.filter(({ name }) => name === key).map(({ id }) => id);
  };

  beforeAll(async () => {
    [registry, database, release] = [await ScriptedRegistry.start(), await testDatabase(), releaseOf()];
    fleet = [await start('all'), await start('api')];
  }, 120_000);
  afterAll(async () => {
    await Promise.all(fleet.map((service) => service.stop('SIGKILL')));
    await registry?.close();
    await database?.close();
    release?.remove();
  }, 60_000);

  it(`makes one thing of ${AT_ONCE} calls at once, for ${KEYS} keys`, async () => {
    const counts = { replayed: 0, inFlight: 0 };
    for (let number = 0; number < KEYS; number++) {
      const key = `burst-${number}`;
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, call) => make(fleet[call % 2]!, key)));
      const firsts = answers.filter(({ status, headers }) => status === 201 && !headers.has('idempotent-replayed'));
      const replays = answers.filter(({ status, headers }) => status === 201 && headers.has('idempotent-replayed'));
      const others = answers.filter(({ status }) => status !== 201);
      expect([key, firsts.length]).toEqual([key, 1]);
      expect(others.every(({ status }) => status === 409 || status === 503)).toBe(true);
      const ids = await Promise.all(
        [...firsts, ...replays].map(async (answer) => ((await answer.json()) as { id: string }).id),
      );
      expect(new Set(ids).size).toBe(1);
      counts.replayed += replays.length;
      counts.inFlight += others.length;
    }
    say(`  ${KEYS} keys: ${KEYS} made, ${counts.replayed} replayed, ${counts.inFlight} told to wait`);
  }, 600_000);

  it(`answers the same to whoever lost the first answer, ${LOST} times`, async () => {
    let lost = 0;
    for (let number = 0; number < LOST; number++) {
      const key = `lost-${number}`;
      const gone = new AbortController();
      const first = make(fleet[0]!, key, gone.signal).then(
        (answer) => answer.status,
        () => undefined,
      );
      await sleep(random() * 12);
      gone.abort();
      if ((await first) === undefined) lost += 1;
      await again(key);
    }
    say(`  ${lost} of ${LOST} answers were lost`);
  }, 300_000);

  it(`answers the same when the process was killed before it could answer, ${KILLS} times`, async () => {
    for (let number = 0; number < KILLS; number++) {
      const keys = Array.from({ length: 20 }, (_, at) => `killed-${number}-${at}`);
      const calls = keys.map((key) => make(fleet[0]!, key).catch(() => undefined));
      await sleep(5 + random() * 40);
      await fleet[0]!.stop('SIGKILL');
      await Promise.all(calls);
      for (const key of keys) await again(key);
      fleet[0] = await start('all');
    }
  }, 300_000);

  /** Whatever became of the first call: after this one there is one thing, and it is the one that is answered. */
  async function again(key: string): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const answer = await make(fleet[1]!, key);
      // 503: the killed process took connections with it.
      if (answer.status === 409 || answer.status === 503) {
        await sleep(20);
        continue;
      }
      expect([key, answer.status]).toEqual([key, 201]);
      const { id } = (await answer.json()) as { id: string };
      const repeated = await make(fleet[1]!, key);
      if (repeated.status === 503) continue;
      const repeat = (await repeated.json()) as { id: string };
      expect([id, repeat.id, repeated.status]).toEqual([id, id, 201]);
      if (random() < 0.1) expect(await made(key)).toEqual([id]);
      return;
    }
    throw new Error(`${key} stayed in flight`);
  }
});
