import { NpmConfig } from '../../../src/modules/research/clients/npm-config.js';
import { NpmRegistryClient, REGISTRY_LIMITS } from '../../../src/modules/research/clients/npm-registry.client.js';
import { Clock } from '../../../src/shared/clock/clock.js';
import type { BreakerState, EgressResult } from '../../../src/shared/egress/egress.types.js';
import { type Authority, makeAuthority } from '../../support/authority.js';
import { type ProxyFault, ScriptedProxy, type TlsFront, tlsFront } from '../../support/proxy.js';
import { ScriptedRegistry } from '../../support/registry.js';

/** What the proxy asks for, in an address: `user` and `p@ss`, which must show up nowhere else. */
const CREDENTIALS = 'user:p%40ss';
const BASIC = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;

describe('the registry of the npm configuration, over the wire', () => {
  let authority: Authority;
  let registry: ScriptedRegistry;
  let secure: TlsFront;
  let proxy: ScriptedProxy;
  let results: EgressResult[];
  let outages: (string | undefined)[];
  const open: { close(): Promise<void> }[] = [];

  beforeAll(() => {
    authority = makeAuthority();
  });
  afterAll(() => authority.remove());
  beforeEach(async () => {
    results = [];
    outages = [];
    registry = await ScriptedRegistry.start();
    registry.publish('a', { version: '1.0.0', files: { LICENSE: 'MIT' } });
    secure = await tlsFront(registry, authority);
    proxy = await ScriptedProxy.start();
    open.push(registry, secure, proxy);
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  /** As the program makes it, from the lines of a project's .npmrc. */
  const client = (...lines: string[]) => {
    const files: Record<string, string> = { '/p/.npmrc': lines.join('\n'), [authority.caFile]: authority.ca };
    const recorder = {
      request: (_: string, result: EgressResult) => void results.push(result),
      breaker: (_: string, state: BreakerState, cause?: string) => void (state === 'open' && outages.push(cause)),
    };
    const npm = new NpmConfig({ env: {}, home: '/nowhere', project: '/p' }, (path) => files[path]);
    const limits = { ...REGISTRY_LIMITS, deadlineMs: 2_000, attemptMs: 500, connectMs: 250 };
    const made = new NpmRegistryClient(npm, { clock: new Clock(), recorder, random: () => 0 }, limits);
    open.push(made);
    return made;
  };
  const cafile = () => `cafile=${authority.caFile}`;
  const found = { kind: 'found', value: { name: 'a', version: '1.0.0' } };
  const failed = (detail: RegExp) => ({
    kind: 'unavailable',
    // The same for every way to fail, since a document must not depend on which one a call met.
    reason: expect.stringContaining('check its address, the proxy'),
    detail: expect.stringMatching(detail),
  });

  describe('with an authority of its own', () => {
    it.each([
      ['cafile', () => cafile()],
      ['ca', () => `ca="${authority.ca.trim().replaceAll('\n', '\\n')}"`],
      ['strict-ssl=false', () => 'strict-ssl=false'],
    ])('is trusted by %s', async (_name, line) => {
      expect(await client(`registry=${secure.url}`, line()).latest('a')).toMatchObject(found);
    });

    it.each([
      ['no authority', ''],
      ['a cafile that is not there', 'cafile=/nowhere/ca.pem'],
      ['a ca that is none', 'ca="-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"'],
    ])('is not trusted with %s; the failure names the remedy and is not repeated', async (_name, line) => {
      expect(await client(`registry=${secure.url}`, line).latest('a')).toMatchObject(
        failed(/certificate that is not trusted.*cafile/),
      );
      expect(results).toEqual(['certificate']);
      expect(registry.calls).toEqual([]);
    });

    it('is not trusted under another name', async () => {
      const other = makeAuthority('DNS:elsewhere.test');
      const front = await tlsFront(registry, other);
      open.push(front, { close: async () => other.remove() });
      const ca = `ca="${other.ca.trim().replaceAll('\n', '\\n')}"`;
      expect(await client(`registry=${front.url}`, ca).latest('a')).toMatchObject(failed(/certificate/));
      expect(results).toEqual(['certificate']);
    });

    it('tells the operator once why it is left alone', async () => {
      const untrusting = client(`registry=${secure.url}`);
      for (let call = 0; call < 7; call += 1) await untrusting.latest('a');
      expect(results.slice(-2)).toEqual(['breaker_open', 'breaker_open']);
      expect(outages).toEqual([expect.stringMatching(/certificate that is not trusted.*cafile/)]);
    });
  });

  describe('behind a proxy', () => {
    it('is called through a tunnel, which neither sees the call nor gets the registry’s token', async () => {
      const { host } = new URL(secure.url);
      const npm = client(
        `registry=${secure.url}`,
        cafile(),
        `https-proxy=${proxy.url(CREDENTIALS)}`,
        `//${host}/:_authToken=t0ken`,
      );
      expect(await npm.latest('a')).toMatchObject(found);
      expect(await npm.files('a', `${secure.url}a/-/a-1.0.0.tgz`, ['LICENSE'])).toMatchObject({ kind: 'found' });
      expect(registry.calls.map((call) => call.authorization)).toEqual(['Bearer t0ken', 'Bearer t0ken']);
      // One tunnel for both calls: it stays open.
      expect(proxy.calls).toMatchObject([{ method: 'CONNECT', target: host, headers: { host } }]);
      expect(proxy.calls[0]?.headers).toMatchObject({ 'proxy-authorization': BASIC });
      expect(proxy.calls[0]?.headers).not.toHaveProperty('authorization');
    });

    it('is called in absolute form when it speaks plain HTTP', async () => {
      expect(await client(`registry=${registry.url}`, `proxy=${proxy.url(CREDENTIALS)}`).latest('a')).toMatchObject(
        found,
      );
      const { host } = new URL(registry.url);
      expect(proxy.calls).toMatchObject([
        { method: 'GET', target: `${registry.url}a/latest`, headers: { host, 'proxy-authorization': BASIC } },
      ]);
    });

    it('is called through a proxy that speaks TLS itself, which is trusted by the same authority', async () => {
      const own = await ScriptedProxy.start(authority);
      open.push(own);
      for (const { url } of [secure, registry]) {
        expect(await client(`registry=${url}`, cafile(), `https-proxy=${own.url()}`).latest('a')).toMatchObject(found);
      }
      expect(own.calls.map((call) => call.method)).toEqual(['CONNECT', 'CONNECT']);
      expect(await client(`registry=${secure.url}`, `https-proxy=${own.url()}`).latest('a')).toMatchObject(
        failed(/or its proxy.*certificate.*cafile/),
      );
      expect(own.calls).toHaveLength(2);
    });

    it('is found behind an address without a scheme, and left out by noproxy', async () => {
      const address = proxy.url().replace('http://', '');
      expect(await client(`registry=${secure.url}`, cafile(), `https-proxy=${address}`).latest('a')).toMatchObject(
        found,
      );
      expect(proxy.calls).toHaveLength(1);
      const lines = [`registry=${secure.url}`, cafile(), `https-proxy=${proxy.url()}`, 'noproxy=127.0.0.1'];
      expect(await client(...lines).latest('a')).toMatchObject(found);
      expect(proxy.calls).toHaveLength(1);
    });

    it('is not trusted without its authority, tunnel or not', async () => {
      expect(await client(`registry=${secure.url}`, `https-proxy=${proxy.url()}`).latest('a')).toMatchObject(
        failed(/certificate.*cafile/),
      );
      expect(proxy.calls).toHaveLength(1);
    });

    it.each<[string, ProxyFault, EgressResult[], RegExp]>([
      ['wants a password', { status: 407 }, ['proxy'], /the proxy refuses; check its user and password/],
      ['forbids the address', { status: 403 }, ['proxy'], /the proxy refuses.*lets this address through/],
      ['does not reach it', { status: 502 }, ['connect', 'connect', 'connect'], /check its address, the proxy/],
      ['closes the connection', 'close', ['connect', 'connect', 'connect'], /check its address, the proxy/],
      ['never answers', 'hang', ['connect', 'connect', 'connect'], /check its address, the proxy/],
    ])('says so when the proxy %s, and does not storm it', async (_case, fault, ends, detail) => {
      proxy.fault = fault;
      const npm = client(`registry=${secure.url}`, cafile(), `https-proxy=${proxy.url(CREDENTIALS)}`);
      const answer = await npm.latest('a');
      expect(answer).toMatchObject(failed(detail));
      expect(JSON.stringify(answer)).not.toMatch(/p@ss|p%40ss|127\.0\.0\.1/);
      expect(results).toEqual(ends);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(proxy.calls).toHaveLength(ends.length);
      // What failed holds no place: it answers as soon as the proxy does.
      proxy.fault = undefined;
      expect(await npm.latest('a')).toMatchObject(found);
    });

    it('says so when the proxy wants a password for a plain call, or is not there', async () => {
      proxy.fault = { status: 407 };
      const address = proxy.url();
      expect(await client(`registry=${registry.url}`, `proxy=${address}`).latest('a')).toMatchObject(
        failed(/the proxy refuses; check its user and password/),
      );
      await proxy.close();
      for (const { url } of [secure, registry]) {
        expect(await client(`registry=${url}`, cafile(), `proxy=${address}`).latest('a')).toMatchObject(
          failed(/check its address, the proxy/),
        );
      }
    });

    it('leaves a proxy that never answers alone after some calls, however many wait', async () => {
      proxy.fault = 'hang';
      const npm = client(`registry=${secure.url}`, cafile(), `https-proxy=${proxy.url()}`);
      await Promise.all(Array.from({ length: 40 }, () => npm.latest('a')));
      expect(results.filter((result) => result === 'breaker_open').length).toBeGreaterThan(20);
      expect(outages).toHaveLength(1);
    });

    it.each(['ftp://proxy.test', 'http://[', 'socks5://127.0.0.1:1080', 'http://user:100%@127.0.0.1:3128'])(
      'says what is wrong with the address %s',
      async (address) => {
        const answer = await client(`registry=${secure.url}`, `https-proxy=${address}`).latest('a');
        expect(answer).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('npm config set') });
      },
    );
  });
});
