import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { root } from '../../scripts/build-if-stale.mjs';

const launcher = join(root, 'dist', 'src', 'shared', 'database', 'embedded', 'embedded-server.js');

/** A PostgreSQL of the bench's own, as a server that was given: the product's launcher on an empty folder. */
export async function ownServer(scratch) {
  const { startEmbedded } = await import(pathToFileURL(launcher).href);
  const server = await startEmbedded(scratch.folder('server'), { root });
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
