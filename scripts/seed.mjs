import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { buildIfStale, root } from './build-if-stale.mjs';
import { seedSessions } from './seed-sessions.mjs';

const USAGE = `Fills a workspace with made-up sessions, to see the product with many of them. The same call makes the same rows; a second
one with a larger number adds the rest. None of them is waiting to be run.

  npm run seed -- --sessions 100000
  npm run seed -- --sessions 100000 --children 0.05

  --sessions N      how many there shall be (default 10000)
  --children X      share of them with gaps, decisions, events and a document, 0 to 1 (default 0.01)
  --workspace ID    whose they are (default: the first workspace)

In the database of DATABASE_URL (MIGRATION_DATABASE_URL where the program's role may not make tables), else in the embedded one of
TECHSPEC_DATA (default .techspec). A million take some 2 GB and five minutes.
`;
const FIRST_WORKSPACE = '00000000-0000-7000-8000-000000000001';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const wanted = read();
await buildIfStale();
const database = await open();
const client = new pg.Client(database.url);
try {
  await client.connect();
  const startedAt = performance.now();
  await seedSessions(client, wanted, (done) => process.stderr.write(`${done} of ${wanted.sessions} sessions\n`));
  await client.query('ANALYZE sessions');
  process.stdout.write(
    `${wanted.sessions} sessions are there, ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`,
  );
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  await client.end().catch(() => undefined);
  await database.stop();
}

function read() {
  try {
    const { values } = parseArgs({
      options: {
        sessions: { type: 'string', default: '10000' },
        children: { type: 'string', default: '0.01' },
        workspace: { type: 'string', default: FIRST_WORKSPACE },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const sessions = Number(values.sessions);
    const children = Number(values.children);
    if (!Number.isSafeInteger(sessions) || sessions < 1 || sessions > 100_000_000)
      throw new Error('--sessions is a whole number from 1 to 100000000.');
    if (!(children >= 0 && children <= 1)) throw new Error('--children is a share from 0 to 1.');
    if (!UUID.test(values.workspace)) throw new Error('--workspace is the id of a workspace, a UUID.');
    return { sessions, children, workspaceId: values.workspace };
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** The database with this release's tables. */
async function open() {
  const dist = (path) => import(pathToFileURL(join(root, 'dist', 'src', 'shared', 'database', path)).href);
  const { migrate } = await dist('migrate.js');
  const { DATABASE_URL: url, MIGRATION_DATABASE_URL: ownerUrl, TECHSPEC_DATA: folder } = process.env;
  if (url) {
    const roleOf = (address) => decodeURIComponent(new URL(address).username);
    const isSplit = ownerUrl && roleOf(ownerUrl) !== roleOf(url);
    await migrate(isSplit ? { url: ownerUrl, appRole: roleOf(url) } : { url }, { root });
    return { url: ownerUrl || url, stop: async () => undefined };
  }
  const { startEmbedded } = await dist('embedded/embedded-server.js');
  const { APP_ROLE: appRole } = await dist('embedded/initialise.js');
  const server = await startEmbedded(resolve(folder || '.techspec'), { root });
  await migrate({ url: server.ownerUrl, appRole }, { root });
  return { url: server.ownerUrl, stop: () => server.stop() };
}
