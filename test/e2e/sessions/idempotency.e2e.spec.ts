import { DataSource, type EntityManager } from 'typeorm';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { IdempotencyRepository } from '../../../src/shared/idempotency/idempotency.repository.js';
import { IdempotencyService } from '../../../src/shared/idempotency/idempotency.service.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';

const scope = mintWorkspaceScope('00000000-0000-7000-8000-000000000001');
const ROUTE = 'POST /v1/things';

describe('Idempotency-Key', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let service: IdempotencyService;
  let made = 0;

  /** Writes a row of its own in the caller's transaction, so that what a rollback takes is seen. */
  const make = async (manager: EntityManager) => {
    const id = `thing-${++made}`;
    await manager.query(`INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), $1)`, [id]);
    return { status: 201, headers: { location: `/v1/things/${id}` }, body: { id } };
  };
  const rows = async () =>
    Number((await dataSource.query(`SELECT count(*) AS n FROM workspaces WHERE name LIKE 'thing-%'`))[0].n);

  beforeAll(async () => {
    database = await testDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.url, poolSize: 20 }).initialize();
    service = new IdempotencyService(dataSource, new IdempotencyRepository());
  }, 60_000);
  beforeEach(async () => {
    made = 0;
    await dataSource.query(`DELETE FROM idempotency_keys`);
    await dataSource.query(`DELETE FROM workspaces WHERE name LIKE 'thing-%'`);
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.close();
  });

  it('makes one thing of 200 equal requests at once; the others get its answer or are told to wait', async () => {
    const request = { scope, route: ROUTE, key: 'k-200', payload: { a: 1 } };
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => service.run(request, make)));
    expect(await rows()).toBe(1);
    const answers = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    for (const one of outcomes) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'idempotency_in_flight', retryAfter: 1 });
    }
  });

  it('replays status, headers and body, whatever the order of the fields', async () => {
    const first = await service.run({ scope, route: ROUTE, key: 'k', payload: { a: 1, b: 2 } }, make);
    const again = await service.run({ scope, route: ROUTE, key: 'k', payload: { b: 2, a: 1 } }, make);
    expect(again).toEqual({ ...first, replayed: true });
  });

  it('refuses another payload under the same key, and leaves other routes and workspaces alone', async () => {
    await service.run({ scope, route: ROUTE, key: 'k', payload: { a: 1 } }, make);
    await expect(service.run({ scope, route: ROUTE, key: 'k', payload: { a: 2 } }, make)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'idempotency_key_reused',
    });
    await service.run({ scope, route: 'POST /v1/others', key: 'k', payload: { a: 2 } }, make);
    const other = mintWorkspaceScope('00000000-0000-7000-8000-000000000000');
    await service.run({ scope: other, route: ROUTE, key: 'k', payload: { a: 2 } }, make);
    expect(await rows()).toBe(3);
  });

  it('keeps nothing of a request that failed: the key is free for the corrected one', async () => {
    const request = { scope, route: ROUTE, key: 'k', payload: { a: 1 } };
    const failing = async (manager: EntityManager) => {
      await make(manager);
      throw new Error('no');
    };
    await expect(service.run(request, failing)).rejects.toThrow('no');
    expect(await rows()).toBe(0);
    expect(await service.run({ ...request, payload: { a: 2 } }, make)).toMatchObject({ replayed: false });
  });

  it('forgets a key after 24 hours of the database, and sweeps it', async () => {
    const request = { scope, route: ROUTE, key: 'k', payload: { a: 1 } };
    await service.run(request, make);
    await dataSource.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second'`);
    expect(await service.run({ ...request, payload: { a: 2 } }, make)).toMatchObject({ replayed: false });
    expect(await service.sweep()).toBe(0);
    await dataSource.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second'`);
    expect(await service.sweep()).toBe(1);
  });

  it.each(['', ' ', 'ä', 'a b', 'x'.repeat(256)])('refuses the key %p', async (key) => {
    await expect(service.run({ scope, route: ROUTE, key, payload: {} }, make)).rejects.toMatchObject({
      code: 'idempotency_key_invalid',
    });
  });
});
