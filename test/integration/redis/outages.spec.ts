import { createServer, type Socket } from 'node:net';
import { RedisAwayError } from '../../../src/shared/redis/redis-away-error.js';
import { suiteIf } from '../../support/optional-suite.js';
import { eventually, freePort, redisMissing, type RedisServer, startRedis } from '../../support/redis.js';
import { startRedisCluster } from '../../support/redis-cluster.js';
import { startRedisSentinel } from '../../support/redis-sentinel.js';
import { redisService, type TestRedis } from './redis-kit.js';

/** The promise is 2 s; the rest is for a machine that does other things too. */
const RECOVERY_MS = 8000;

suiteIf(redisMissing, 'Redis that goes away', () => {
  let server: RedisServer;
  let redis: TestRedis;

  beforeEach(async () => {
    server = await startRedis();
    redis = await redisService({ url: server.url });
  });
  afterEach(async () => {
    redis.service.close();
    await server.stop();
  });

  const get = () => redis.service.run((commands) => commands.get('k'));
  const isUp = () => redis.service.state === 'up';

  it('is told late calls at their deadline, all others at once, and is back when the server wakes', async () => {
    const states: string[] = [];
    redis.service.onState((state) => states.push(state));
    server.freeze();
    const begun = performance.now();
    const failures = await Promise.all(Array.from({ length: 20 }, () => get().catch((error: unknown) => error)));
    expect(failures.every((failure) => failure instanceof RedisAwayError)).toBe(true);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(44);
    expect(redis.service.state).toBe('away');
    expect(redis.service.statistics()).toMatchObject({ waiting: 0, errors: 20 });
    const { commands } = redis.service.statistics();
    await expect(get()).rejects.toBeInstanceOf(RedisAwayError);
    expect(redis.service.statistics().commands).toBe(commands);
    server.thaw();
    await eventually(isUp, 'up again', RECOVERY_MS);
    expect(await get()).toBeNull();
    expect(states).toEqual(['away', 'up']);
  });

  it('gives a call that may take longer its own deadline', async () => {
    server.freeze();
    const slow = redis.service.run((commands) => commands.get('k'), 60_000);
    await expect(get()).rejects.toBeInstanceOf(RedisAwayError);
    server.thaw();
    expect(await slow).toBeNull();
  });

  it('counts an answer that came while the process stood still', async () => {
    const answer = get();
    const until = performance.now() + 200;
    while (performance.now() < until) continue;
    expect(await answer).toBeNull();
    expect(redis.service.state).toBe('up');
  });

  it('is back after a hang that outlived the connection', async () => {
    server.freeze();
    await expect(get()).rejects.toBeInstanceOf(RedisAwayError);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    server.thaw();
    await eventually(isUp, 'up again', RECOVERY_MS);
    expect(redis.service.statistics().inUse).toBeLessThanOrEqual(2);
  }, 20_000);

  it('fails what waits when the server dies, and is back with its successor', async () => {
    server.freeze();
    const cut = redis.service.run((commands) => commands.get('k'), 60_000);
    const checked = expect(cut).rejects.toBeInstanceOf(RedisAwayError);
    await server.stop();
    await checked;
    expect(redis.service.state).toBe('away');
    expect(redis.service.statistics().inUse).toBe(0);
    server = await startRedis({ port: server.port });
    await eventually(isUp, 'up again', RECOVERY_MS);
    expect(await get()).toBeNull();
    expect(redis.log.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    expect(redis.log.at(-1)).toMatch(/^info Redis is there/);
  });

  it('subscribes anew after the loss of the connection and says both', async () => {
    const states: boolean[] = [];
    const heard: string[] = [];
    redis.service.subscribe(
      'news',
      (message) => heard.push(message),
      (up) => states.push(up),
    );
    await eventually(() => states.length === 1, 'subscribed');
    const outside = await server.client();
    await outside.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    await eventually(() => states.length === 3, 'subscribed anew', RECOVERY_MS);
    expect(states).toEqual([true, false, true]);
    expect(redis.service.state).toBe('up');
    await outside.publish('news', 'after');
    await eventually(() => heard.length === 1, 'heard');
    await server.stop();
    await eventually(() => states.length === 4, 'lost');
    server = await startRedis({ port: server.port });
    await eventually(() => states.length === 5, 'subscribed at the successor', RECOVERY_MS);
    expect(states).toEqual([true, false, true, false, true]);
  });

  it('takes full memory as an answer, not as an absence', async () => {
    const outside = await server.client();
    await outside.configSet('maxmemory', '1mb');
    await expect(redis.service.run((commands) => commands.set('k', 'x'.repeat(2_000_000), {}), 5000)).rejects.toThrow(
      /OOM/,
    );
    expect(redis.service.state).toBe('up');
    expect(await redis.service.run((commands) => commands.get('k'), 5000)).toBeNull();
  });

  it.each(['READONLY', 'LOADING', 'MASTERDOWN'])('takes %s as an absence', async (word) => {
    const failure = redis.service.run((commands) =>
      commands.script({ source: `return redis.error_reply('${word} x')`, sha1: '0'.repeat(40) }, ['k'], []),
    );
    await expect(failure).rejects.toBeInstanceOf(RedisAwayError);
    await eventually(isUp, 'up again', RECOVERY_MS);
  });

  it('does not take a mistake of the caller for an absence', async () => {
    await expect(redis.service.run(() => Promise.reject(new TypeError('mine')))).rejects.toThrow('mine');
    await expect(
      redis.service.run(() => {
        throw new TypeError('mine');
      }),
    ).rejects.toThrow('mine');
    expect(redis.service.state).toBe('up');
    expect(redis.service.statistics().waiting).toBe(0);
  });

  it('opens sockets while many calls wait, never more than allowed, and closes them when idle', async () => {
    redis.service.close();
    redis = await redisService({ url: server.url, maxConnections: 4 }, { idleMs: 300 });
    const outside = await server.client();
    let most = 0;
    await eventually(async () => {
      await Promise.all(Array.from({ length: 2000 }, () => redis.service.run((commands) => commands.get('k'), 5000)));
      const { inUse, available } = redis.service.statistics();
      expect(inUse + available).toBe(4);
      most = Math.max(most, inUse);
      return most === 3;
    }, 'three sockets for commands');
    const ours =
      String(await outside.sendCommand(['CLIENT', 'LIST']))
        .trim()
        .split('\n').length - 1;
    expect(ours).toBeLessThanOrEqual(3);
    await eventually(() => redis.service.statistics().inUse === 1, 'one is left');
    expect(await get()).toBeNull();
  });

  it('ends at once though the server hangs', async () => {
    server.freeze();
    const waiting = redis.service.run((commands) => commands.get('k'), 60_000);
    const checked = expect(waiting).rejects.toBeInstanceOf(RedisAwayError);
    redis.service.close();
    await checked;
    expect(redis.service.statistics().inUse).toBe(0);
  });
});

suiteIf(redisMissing, 'a REDIS_URL that leads to nothing usable', () => {
  const opened: { close(): void | Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });

  const start = async (url: string) => {
    const redis = await redisService({ url });
    opened.push(redis.service);
    return redis;
  };
  const server = async (args: readonly string[] = []) => {
    const one = await startRedis({ args });
    opened.push({ close: () => one.stop() });
    return one;
  };

  const isNamedOnce = ({ service, log }: TestRedis, why: RegExp) => {
    expect(service.state).toBe('away');
    expect(log).toEqual([expect.stringMatching(why)]);
    expect(log[0]).toMatch(/^warn REDIS_URL leads to no Redis that can be used \(/);
    expect(log[0]).not.toContain('hunter2');
  };

  it('is named in one line when the password is wrong, without the password', async () => {
    const { port } = await server(['--requirepass', 'right']);
    isNamedOnce(await start(`redis://:hunter2@127.0.0.1:${port}`), /WRONGPASS/);
  });

  it('is named when a password is needed and none given', async () => {
    const { url } = await server(['--requirepass', 'right']);
    isNamedOnce(await start(url), /NOAUTH/);
  });

  it('is named when nothing listens', async () => {
    isNamedOnce(await start(`redis://:hunter2@127.0.0.1:${await freePort()}`), /ECONNREFUSED/);
  });

  it.each(['sentinel', 'cluster'])('is named when no %s listens', async (kind) => {
    const url = `redis+${kind}://:hunter2@127.0.0.1:${await freePort()}${kind === 'sentinel' ? '/main' : ''}`;
    isNamedOnce(await start(url), /ECONNREFUSED/);
  });

  it('is named when the server is no Redis', async () => {
    const sockets = new Set<Socket>();
    const web = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    }).listen(await freePort(), '127.0.0.1');
    opened.push({
      close: () => {
        for (const socket of sockets) socket.destroy();
        web.close();
      },
    });
    await eventually(() => web.listening, 'listening');
    const { port } = web.address() as { port: number };
    isNamedOnce(await start(`redis://:hunter2@127.0.0.1:${port}`), /not Redis|closed/);
  });

  it('is named when the server hangs, and is used when it wakes', async () => {
    const one = await server();
    one.freeze();
    const redis = await start(one.url);
    isNamedOnce(redis, /no answer/);
    one.thaw();
    await eventually(() => redis.service.state === 'up', 'up', RECOVERY_MS);
  });

  it('is no matter of the server that is reached with the right password and database', async () => {
    const one = await server(['--requirepass', 'hunter2']);
    const { service, log } = await start(`redis://:hunter2@127.0.0.1:${one.port}/3`);
    expect(service.state).toBe('up');
    await service.run((commands) => commands.set('k', 'x'));
    expect(await service.run((commands) => commands.get('k'))).toBe('x');
    expect(log).toEqual([]);
  });
});

suiteIf(redisMissing, 'Redis of several servers', () => {
  it('follows the Sentinels to the new primary', async () => {
    const set = await startRedisSentinel();
    const { service } = await redisService({ url: set.url });
    try {
      expect(service.state).toBe('up');
      const states: boolean[] = [];
      service.subscribe(
        'news',
        () => undefined,
        (up) => states.push(up),
      );
      await eventually(() => states.at(-1) === true, 'subscribed');
      await set.primary.stop();
      await eventually(() => service.state === 'away', 'away');
      await eventually(() => service.state === 'up', 'up at the former replica', 30_000);
      await service.run((commands) => commands.set('k', 'after'), 2000);
      expect(await (await set.replica.client()).get('k')).toBe('after');
      await eventually(() => states.at(-1) === true, 'subscribed there');
      expect(service.statistics().inUse).toBe(2);
    } finally {
      service.close();
      await set.stop();
    }
  }, 60_000);

  it('waits for each primary of a cluster, and is back when all are', async () => {
    const cluster = await startRedisCluster();
    const { service } = await redisService({ url: cluster.url });
    try {
      expect(service.state).toBe('up');
      cluster.primaries[1]!.freeze();
      const asked = Array.from({ length: 20 }, (_, index) => service.run((commands) => commands.get(`k${index}`)));
      const failures = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
      expect(failures.length).toBeGreaterThan(0);
      expect(service.state).toBe('away');
      cluster.primaries[1]!.thaw();
      await eventually(() => service.state === 'up', 'up again', RECOVERY_MS);
      expect(service.statistics().inUse).toBe(3);
    } finally {
      service.close();
      await cluster.stop();
    }
  }, 60_000);
});
