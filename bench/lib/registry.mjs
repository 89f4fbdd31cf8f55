import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/service.mjs';

/** A registry on loopback that knows every package, each with the same small record, and answers after `delayMs`. */
export async function scriptedRegistry(scratch, delayMs) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url.split('?')[0]).slice(1);
    if (delayMs > 0) await sleep(delayMs);
    const name = /^(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[1] ?? '';
    const tarball = path.endsWith('.tgz') || name.startsWith('-');
    response.writeHead(tarball ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(tarball ? { error: 'Not found' } : answer(name, path !== name)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  scratch.onClean(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

function answer(name, oneVersion) {
  const record = {
    name,
    version: '3.2.1',
    license: 'MIT',
    engines: { node: '>=20' },
    types: './index.d.ts',
    dependencies: { semver: '^7.0.0' },
    dist: { unpackedSize: 120_000, fileCount: 12 },
  };
  if (oneVersion) return record;
  const time = { created: '2020-01-01T00:00:00.000Z', '3.2.1': '2026-06-01T00:00:00.000Z' };
  return { name, 'dist-tags': { latest: '3.2.1' }, time, versions: { '3.2.1': record } };
}

/** An address where nobody listens. */
export async function closedRegistry() {
  return `http://127.0.0.1:${await freePort()}/`;
}

/** An address that accepts connections and never says a word. */
export async function silentRegistry(scratch) {
  const sockets = new Set();
  const server = createSocketServer((socket) => sockets.add(socket.on('error', () => undefined))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  scratch.onClean(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}
