import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CheckedPool } from '../../../src/shared/database/checked-pool.js';
import { testDatabase } from '../../support/database.js';

/** A wire to the database that can go dead without a word, as behind a firewall that forgot the connection. */
async function wire(url: string) {
  const target = new URL(url);
  const host = target.searchParams.get('host');
  const name = target.hostname;
  const port = target.port || '5432';
  const links: Socket[] = [];
  const server = createServer((client) => {
    const upstream = host ? connect(`${host}/.s.PGSQL.${port}`) : connect(Number(port), name);
    links.push(client, upstream);
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target.searchParams.delete('host');
  target.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: target.href,
    cut: () => links.forEach((socket) => socket.unpipe().pause()),
    close: () => {
      links.forEach((socket) => socket.destroy());
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a pool that checks before use', () => {
  it('replaces a connection that died in silence instead of giving it out', async () => {
    const database = await testDatabase();
    const line = await wire(database.url);
    const pool = new CheckedPool({ connectionString: line.url, max: 1 });
    pool.on('error', () => undefined);
    try {
      const first = await pool.query('SELECT pg_backend_pid() AS pid');
      line.cut();
      // Younger than a second it would be given out unchecked.
      await sleep(1_100);
      const second = await pool.query('SELECT pg_backend_pid() AS pid');
      expect(second.rows[0].pid).not.toBe(first.rows[0].pid);
    } finally {
      await pool.end();
      await database.close();
      await line.close();
    }
  });

  it('asks one connection after a failover, not each that lay idle', async () => {
    const database = await testDatabase();
    const line = await wire(database.url);
    const pool = new CheckedPool({ connectionString: line.url, max: 4 });
    pool.on('error', () => undefined);
    try {
      const clients = await Promise.all([1, 2, 3, 4].map(() => pool.connect()));
      const asked = clients.map((client) => jest.spyOn(client, 'query'));
      for (const client of clients) client.release();
      line.cut();
      await sleep(1_100);
      expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      expect(pool.totalCount).toBe(1);
      expect(asked.filter((query) => query.mock.calls.length > 0)).toHaveLength(1);
    } finally {
      await pool.end();
      await database.close();
      await line.close();
    }
  });

  it('outlives a connection that is lost while whoever took it does not listen yet', async () => {
    const database = await testDatabase();
    const pool = new CheckedPool({ connectionString: database.url, max: 1 });
    pool.on('error', () => undefined);
    try {
      const client = await pool.connect();
      // An 'error' event without a listener would end the process.
      expect(() => client.emit('error', new Error('write EPIPE'))).not.toThrow();
      client.release(true);
      expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    } finally {
      await pool.end();
      await database.close();
    }
  });
});
