import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { root } from '../../scripts/build-if-stale.mjs';
import { startOther } from './other-postgres.mjs';

const launcher = join(root, 'dist', 'src', 'shared', 'database', 'embedded', 'embedded-server.js');

/** Folder of another release's programs, which all figures of the database are measured on instead of the embedded server. */
const otherPrograms = process.env.BENCH_POSTGRES_BIN;

/** Major version of the other release, such as `15`; undefined: the embedded one is measured. */
export function otherMajor() {
  if (!otherPrograms) return undefined;
  const said = execFileSync(join(otherPrograms, 'postgres'), ['--version'], { encoding: 'utf8' });
  return /\d+/.exec(said)?.[0];
}

/** PostgreSQL on a data folder, the product's launcher or BENCH_POSTGRES_BIN. @returns { ownerUrl, stop } */
export async function startServer(folder) {
  if (otherPrograms) return startOther(otherPrograms, folder);
  const { startEmbedded } = await import(pathToFileURL(launcher).href);
  return startEmbedded(folder, { root });
}

/** A PostgreSQL of the bench's own, as a server that was given: on an empty folder. */
export async function ownServer(scratch) {
  const server = await startServer(scratch.folder('server'));
  const stop = scratch.onClean(() => server.stop());
  const pool = new pg.Pool({ connectionString: server.ownerUrl, max: 2 });
  pool.on('error', () => undefined);
  scratch.onClean(() => pool.end());
  return {
    ownerUrl: server.ownerUrl,
    query: async (text, values) => (await pool.query(text, values)).rows,
    /** An empty database on the same server; @returns its address. */
    createDatabase: async (name) => {
      await pool.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      return withDatabase(server.ownerUrl, name);
    },
    stop,
  };
}

/** The same connection to another database; the address names it in its path. */
function withDatabase(url, name) {
  return url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}
