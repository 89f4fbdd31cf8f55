import { type DynamicModule, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import tls from 'node:tls';
import { Config } from '../../../src/config/config.js';
import { RedisAwayError } from '../../../src/shared/redis/redis-away-error.js';
import { RedisModule } from '../../../src/shared/redis/redis.module.js';
import { RedisService } from '../../../src/shared/redis/redis.service.js';
import { type Authority, makeAuthority } from '../../support/authority.js';
import { suiteIf } from '../../support/optional-suite.js';
import { eventually, freePort, redisMissing, startRedis } from '../../support/redis.js';
import { redisConfig, redisService } from './redis-kit.js';

@Module({})
class TestConfigModule {
  static with(url: string | undefined): DynamicModule {
    const providers = [{ provide: Config, useValue: { redis: redisConfig({ url }) } }];
    return { module: TestConfigModule, global: true, providers, exports: [Config] };
  }
}

async function start(url?: string) {
  const app = await Test.createTestingModule({ imports: [TestConfigModule.with(url), RedisModule] }).compile();
  await app.init();
  return { app, redis: app.get(RedisService) };
}

describe('the Redis module without REDIS_URL', () => {
  it('is off, says so at once and holds nothing open', async () => {
    const { app, redis } = await start();
    expect(redis.state).toBe('off');
    await expect(redis.run((commands) => commands.get('k'))).rejects.toBeInstanceOf(RedisAwayError);
    await expect(redis.scan('*', () => Promise.resolve())).rejects.toBeInstanceOf(RedisAwayError);
    await redis.subscribe(
      'news',
      () => undefined,
      () => undefined,
    )();
    expect(await redis.healthCheck()).toBe(false);
    expect(redis.statistics()).toMatchObject({ state: 'off', topology: 'none', inUse: 0, available: 10 });
    await app.close();
  });
});

suiteIf(redisMissing, 'the Redis module', () => {
  it('has a Redis that is well up once the application is, and leaves no socket behind', async () => {
    const server = await startRedis();
    const { app, redis } = await start(server.url);
    expect(redis.state).toBe('up');
    redis.subscribe(
      'news',
      () => undefined,
      () => undefined,
    );
    await eventually(() => redis.statistics().inUse === 2, 'both sockets');
    await app.close();
    await eventually(() => redis.statistics().inUse === 0, 'no socket is left');
    const outside = await server.client();
    await eventually(
      async () =>
        String(await outside.sendCommand(['CLIENT', 'LIST']))
          .trim()
          .split('\n').length === 1,
      'gone',
    );
    await server.stop();
  });

  it('starts and stops with a server that hangs', async () => {
    const server = await startRedis();
    server.freeze();
    const { app, redis } = await start(server.url);
    expect(redis.state).toBe('away');
    const begun = performance.now();
    await app.close();
    expect(performance.now() - begun).toBeLessThan(1000);
    await server.stop();
  });

  it('starts with a server that is not there yet, and finds it', async () => {
    const port = await freePort();
    const { app, redis } = await start(`redis://127.0.0.1:${port}`);
    expect(redis.state).toBe('away');
    const server = await startRedis({ port });
    await eventually(() => redis.state === 'up', 'up');
    await app.close();
    await server.stop();
  });
});

suiteIf(redisMissing, 'Redis by TLS', () => {
  let authority: Authority;
  beforeAll(() => void (authority = makeAuthority()));
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => authority?.remove());

  const startTls = async () => {
    const port = await freePort();
    const folder = authority.caFile.replace(/[^/]+$/, '');
    const files = ['--tls-cert-file', `${folder}server.pem`, '--tls-key-file', `${folder}server.key`];
    const options = [...files, '--tls-ca-cert-file', authority.caFile, '--tls-auth-clients', 'no'];
    return {
      server: await startRedis({ args: ['--tls-port', `${port}`, ...options] }),
      url: `rediss://127.0.0.1:${port}`,
    };
  };

  it('refuses a certificate of nobody it trusts, and names it', async () => {
    const { server, url } = await startTls();
    const { service, log } = await redisService({ url });
    expect(service.state).toBe('away');
    expect(log).toEqual([expect.stringMatching(/^warn .*(certificate|self.signed)/i)]);
    service.close();
    await server.stop();
  });

  it('works with a certificate of an authority that is trusted', async () => {
    // What NODE_EXTRA_CA_CERTS does before a process starts.
    const connect = tls.connect.bind(tls) as (options: tls.ConnectionOptions) => tls.TLSSocket;
    jest
      .spyOn(tls, 'connect')
      .mockImplementation(((options: tls.ConnectionOptions) =>
        connect({ ...options, ca: authority.ca })) as typeof tls.connect);
    const { server, url } = await startTls();
    const { service } = await redisService({ url });
    expect(service.state).toBe('up');
    await service.run((commands) => commands.set('k', 'x'));
    expect(await service.run((commands) => commands.get('k'))).toBe('x');
    service.close();
    await server.stop();
  });
});
