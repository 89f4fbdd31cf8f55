import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { createApp } from '../../../src/app.js';
import { type EmbeddedDatabase, startEmbedded } from '../../../src/shared/database/embedded/embedded-server.js';
import { readPidFile } from '../../../src/shared/database/embedded/postmaster.js';
import { DatabasePool } from '../../../src/shared/database/pool-statistics.js';
import { ADMIN_KEY, testConfig } from '../../support/config.js';
import { PROJECT_ROOT } from '../../support/project-root.js';

const CALLERS = 20;
const POOL = { poolSize: 3, maxOverflow: 3 };

describe('a database that is restarted under load', () => {
  let folder: string;
  let server: EmbeddedDatabase;
  let app: NestFastifyApplication;
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    folder = mkdtempSync(join(tmpdir(), 'restart-spec-'));
    chmodSync(folder, 0o711);
    // It looks after its server and starts it again at the same address, as a service manager would.
    server = await startEmbedded(join(folder, 'server'), { root: PROJECT_ROOT }, { durable: false });
    const database = { url: server.url, migrationUrl: server.ownerUrl, ...POOL };
    app = await createApp(testConfig({ database, data: { dir: join(folder, 'data') } }));
  }, 90_000);
  afterAll(async () => {
    await app?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
    process.off('unhandledRejection', note);
  });

  const get = (url: string) =>
    app.inject({ method: 'GET', url, headers: { host: 'localhost', authorization: `Bearer ${ADMIN_KEY}` } });
  /** A list that no cache can know. */
  const list = () => get(`/v1/sessions?q=${randomUUID()}`);
  const isReady = async () => (await get('/health/ready')).statusCode === 200;
  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (const end = performance.now() + 30_000; !(await holds()); await sleep(10))
      if (performance.now() > end) throw new Error('it did not come to this');
  };
  const postmaster = () => readPidFile(join(server.home, 'data'))?.pid ?? 0;

  /** Callers that ask again and again until they are stopped. @returns statuses, each with how often it was answered */
  const load = () => {
    const seen = new Map<string, number>();
    let isOver = false;
    const caller = async () => {
      while (!isOver) {
        const { statusCode, headers } = await list();
        const kind = `${statusCode}${headers['retry-after'] === undefined ? '' : ' with Retry-After'}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        await sleep(5);
      }
    };
    const running = Promise.all(Array.from({ length: CALLERS }, caller));
    const stop = () => {
      isOver = true;
      return running;
    };
    return { seen, stop };
  };

  it.each([
    ['stopped', 'SIGINT'],
    ['broken off', 'SIGQUIT'],
  ] as const)(
    '%s: callers are told to come back, and it heals with all of its connections',
    async (_how, signal) => {
      const before = postmaster();
      const { seen, stop } = load();
      await until(() => (seen.get('200') ?? 0) > CALLERS);
      process.kill(before, signal);
      await until(() => seen.has('503 with Retry-After'));
      await until(async () => ![0, before].includes(postmaster()) && (await isReady()));
      const answered = seen.get('200') ?? 0;
      await until(() => (seen.get('200') ?? 0) > answered + 5 * CALLERS);
      await stop();
      expect([...seen.keys()].sort()).toEqual(['200', '503 with Retry-After']);
      const pool = app.get(DatabasePool, { strict: false });
      await until(() => pool.statistics().active === 0);
      expect(pool.statistics().waiting).toBe(0);
      const database = app.get(DataSource, { strict: false });
      const all = Array.from({ length: POOL.poolSize + POOL.maxOverflow }, () =>
        database.query('SELECT pg_sleep(0.1)'),
      );
      await expect(Promise.all(all)).resolves.toHaveLength(POOL.poolSize + POOL.maxOverflow);
      expect(unhandled).toEqual([]);
    },
    60_000,
  );
});
