import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedDatabase, startEmbedded } from '../../../src/shared/database/embedded/embedded-server.js';
import { ADMIN_KEY } from '../../support/config.js';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { OldPostgres } from '../../support/old-postgres.js';
import { linesForPeople, runProgram, troublesIn } from '../../support/program.js';
import { releaseOf, type Release } from '../../support/service.js';

const FEW_SECONDS = 15_000;

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

describe('a start that cannot succeed', () => {
  let release: Release;
  let area: string;
  /** A real server that asks the program's role for its password. */
  let server: EmbeddedDatabase;
  let taken: Server;

  const address = (changes: Partial<Pick<URL, 'username' | 'password' | 'pathname'>>): string =>
    Object.assign(new URL(server.url), changes).href;
  const owner = (database: string) => Object.assign(new URL(server.ownerUrl), { pathname: database }).href;

  /** The one line the person gets; fails when there is another one, a stack, a warning in the log or exit code 0. */
  const lineOf = async (env: Record<string, string>): Promise<string> => {
    const key: Record<string, string> = 'TECHSPEC_API_KEY' in env ? {} : { TECHSPEC_API_KEY: ADMIN_KEY };
    const { code, out, err } = await runProgram(release, 'main', {
      cwd: area,
      timeoutMs: FEW_SECONDS,
      env: { PORT: '0', TECHSPEC_DATA: join(area, 'data'), ...key, ...env },
    });
    expect({ code, out, troubles: troublesIn(err), lines: linesForPeople(err) }).toEqual({
      code: 1,
      out: '',
      troubles: [],
      lines: [expect.any(String)],
    });
    return linesForPeople(err)[0] ?? '';
  };

  beforeAll(async () => {
    release = releaseOf();
    area = mkdtempSync(join(tmpdir(), 'techspec-refused-'));
    chmodSync(area, 0o711);
    writeFileSync(join(area, 'file'), '');
    server = await startEmbedded(join(area, 'server'), { root: PROJECT_ROOT }, { durable: false });
    const rules = 'local all techspec_owner trust\nlocal all all scram-sha-256\n';
    writeFileSync(join(server.home, 'data', 'pg_hba.conf'), rules);
    await run(owner('postgres'), `ALTER ROLE techspec_app PASSWORD 'right'`, 'SELECT pg_reload_conf()');
    for (const name of ['empty', 'keyless']) await run(owner('postgres'), `CREATE DATABASE ${name}`);
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  }, 60_000);

  afterAll(async () => {
    taken.close();
    await server.stop();
    release.remove();
    rmSync(area, { recursive: true, force: true });
  });

  it.each(['PORT', 'PROMETHEUS_PORT'])('%s taken: says which setting to change', async (setting) => {
    const { port } = taken.address() as AddressInfo;
    const line = await lineOf({
      [setting]: String(port),
      DATABASE_URL: address({ password: 'right' }),
      MIGRATION_DATABASE_URL: server.ownerUrl,
    });
    expect(line).toBe(`Port ${port} is taken: stop the program that holds it, or set ${setting} to a free port.`);
  });

  it.each([
    ['a file in its place', () => join(area, 'file')],
    ['a file on the way', () => join(area, 'file', 'data')],
    ['a place where the system makes no folders', () => '/proc/techspec/data'],
  ])('a data folder that cannot be made (%s): says to set TECHSPEC_DATA', async (_what, folder) => {
    expect(await lineOf({ TECHSPEC_DATA: folder() })).toMatch(
      /^The data folder \S+ cannot be written \(.+\): set TECHSPEC_DATA to a folder of yours, or set DATABASE_URL /,
    );
  });

  it('a data folder that cannot take the first key beside a given database: says so, and no key is left behind', async () => {
    const url = owner('keyless');
    const env = { TECHSPEC_API_KEY: '', TECHSPEC_DATA: '/proc/techspec/data', DATABASE_URL: url };
    expect(await lineOf(env)).toMatch(
      /^The data folder \S+ can't be written \(\w+\): make it writable or set TECHSPEC_DATA\.$/,
    );
    await run(url, 'DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM api_keys); END $$');
  });

  it('a database that does not answer: says to check DATABASE_URL, and how to do without', async () => {
    const { port } = taken.address() as AddressInfo;
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const free = (closed.address() as AddressInfo).port;
    await new Promise((resolve) => closed.close(resolve));
    expect(await lineOf({ DATABASE_URL: `postgres://app:secret@127.0.0.1:${free}/app` })).toBe(
      `The database does not answer (connect ECONNREFUSED 127.0.0.1:${free}): check DATABASE_URL and that the server runs, or unset it to use the embedded one.`,
    );
    // Somebody listens there who is no database and stays silent.
    expect(await lineOf({ DATABASE_URL: `postgres://app:secret@127.0.0.1:${port}/app` })).toMatch(
      /^The database does not answer \(timeout expired\): check DATABASE_URL /,
    );
  });

  it.each([
    ['a wrong password', () => ({ DATABASE_URL: address({ password: 'wrong' }) }), 'password authentication failed'],
    [
      'a wrong password of the role without DDL alone',
      () => ({ DATABASE_URL: address({ password: 'wrong' }), MIGRATION_DATABASE_URL: server.ownerUrl }),
      'password authentication failed',
    ],
    ['a database that is not there', () => ({ DATABASE_URL: owner('absent') }), 'database "absent" does not exist'],
  ])('%s: says what to check, and not the password', async (_what, env, reason) => {
    const line = await lineOf(env());
    expect(line).toContain(`The database does not let us in (${reason}`);
    expect(line).toContain('check user, password and database name in DATABASE_URL');
    expect(line).not.toContain('wrong');
  });

  it('an older PostgreSQL: says which one is needed', async () => {
    const old = await OldPostgres.start('14.12');
    try {
      expect(await lineOf({ DATABASE_URL: old.url })).toBe(
        'The database is PostgreSQL 14.12 and 15 or later is needed: upgrade it, or unset DATABASE_URL to use the embedded one.',
      );
    } finally {
      await old.close();
    }
  });

  it('an older schema that the role may not change: says to migrate', async () => {
    const line = await lineOf({ DATABASE_URL: address({ password: 'right', pathname: 'empty' }) });
    expect(line).toMatch(/^The database's schema is older than this release .*: run "npm run migrate" with /);
  });
});
