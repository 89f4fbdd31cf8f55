import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScriptedRegistry } from '../../../../test/support/registry.js';
import { Clock } from '../../../shared/clock/clock.js';
import { NpmConfig } from './npm-config.js';
import { NpmRegistryClient, REGISTRY_LIMITS } from './npm-registry.client.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function registry(): Promise<ScriptedRegistry> {
  const made = await ScriptedRegistry.start();
  open.push(made);
  return made;
}

function client(npmrc: string): NpmRegistryClient {
  const config = new NpmConfig({ env: {}, home: '/home/u', project: '/p' }, (path) =>
    path === '/p/.npmrc' ? npmrc : undefined,
  );
  const recorder = { request: () => undefined, breaker: () => undefined };
  const made = new NpmRegistryClient(config, { clock: new Clock(), recorder, random: () => 0 }, REGISTRY_LIMITS);
  open.push(made);
  return made;
}

const hostOf = (one: ScriptedRegistry) => new URL(one.url).host;

describe('the npm registry through the user’s configuration', () => {
  it('takes a scope from its own registry, with its token, which no other registry sees', async () => {
    const [common, own] = [await registry(), await registry()];
    common.publish('left', { version: '1.0.0' });
    own.publish('@acme/right', { version: '2.0.0', files: { 'a.txt': 'A' } });
    const npm = client(`registry=${common.url}\n@acme:registry=${own.url}\n//${hostOf(own)}/:_authToken=canary`);
    expect(await npm.latest('left')).toMatchObject({ kind: 'found', value: { version: '1.0.0' } });
    expect(await npm.latest('@acme/right')).toMatchObject({ kind: 'found', value: { version: '2.0.0' } });
    const files = await npm.files('@acme/right', `${own.url}@acme/right/-/right-2.0.0.tgz`, ['a.txt']);
    expect(files.kind === 'found' && files.value.get('a.txt')?.toString()).toBe('A');
    expect(common.calls.map((call) => call.authorization)).toEqual([undefined]);
    expect(own.calls.map((call) => call.authorization)).toEqual(['Bearer canary', 'Bearer canary']);
  });

  it('does not follow a record that names a package file elsewhere', async () => {
    const [own, thief] = [await registry(), await registry()];
    const npm = client(`registry=${own.url}\n//${hostOf(own)}/:_authToken=canary`);
    expect(await npm.files('a', `${thief.url}a/-/a-1.0.0.tgz`, ['x'])).toMatchObject({ kind: 'unavailable' });
    expect(thief.calls).toEqual([]);
  });

  it('goes through the configured proxy, but not to hosts of noproxy', async () => {
    const target = await registry();
    target.publish('a', { version: '1.0.0' });
    const seen: string[] = [];
    const proxy = await startProxy(seen);
    expect(await client(`registry=${target.url}\nproxy=${proxy}`).latest('a')).toMatchObject({ kind: 'found' });
    expect(seen).toEqual([`${target.url}a/latest`]);
    expect(await client(`registry=${target.url}\nproxy=${proxy}\nnoproxy=127.0.0.1`).latest('a')).toMatchObject({
      kind: 'found',
    });
    expect(seen).toHaveLength(1);
  });

  it('keeps a name in its place in the path', async () => {
    const target = await registry();
    const npm = client(`registry=${target.url}`);
    await npm.latest('../../etc?x=1#y');
    expect(target.calls[0]?.path).toBe('/../../etc?x=1#y/latest');
  });

  it('gives the remedy for an address that is none, instead of failing', async () => {
    expect(await client('registry=nonsense').latest('a')).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('npm config set registry'),
    });
  });

  it('never tells the token or the address in what it says', async () => {
    const target = await registry();
    target.misbehave('*', { kind: 'status', status: 403 });
    const npm = client(`registry=${target.url}\n//${hostOf(target)}/:_authToken=canary`);
    const text = JSON.stringify([await npm.latest('a'), await npm.files('a', `${target.url}a/-/a-1.0.0.tgz`, ['x'])]);
    expect(text).not.toMatch(/canary|127\.0\.0\.1/);
  });
});

/** A plain HTTP proxy that takes requests in absolute form. */
async function startProxy(seen: string[]): Promise<string> {
  const server: Server = createServer((request, response) => {
    seen.push(request.url ?? '');
    forward(request.url ?? '', { headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
