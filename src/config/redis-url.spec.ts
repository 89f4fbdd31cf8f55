import { parseRedisUrl, RedisUrlError } from './redis-url.js';

describe('REDIS_URL', () => {
  it('names one server, with and without port, user and database', () => {
    expect(parseRedisUrl('redis://cache')).toEqual({
      topology: 'single',
      tls: false,
      nodes: [{ host: 'cache', port: 6379 }],
      database: 0,
    });
    expect(parseRedisUrl('rediss://app:p%40ss%2F1@[::1]:7000/3')).toEqual({
      topology: 'single',
      tls: true,
      nodes: [{ host: '::1', port: 7000 }],
      username: 'app',
      password: 'p@ss/1',
      database: 3,
    });
    expect(parseRedisUrl('redis://:se@cret@h')).toMatchObject({ password: 'se@cret', nodes: [{ host: 'h' }] });
    expect(parseRedisUrl('redis://h/?db=2')).toMatchObject({ database: 2 });
  });

  it('names Sentinels and the primary they watch', () => {
    expect(parseRedisUrl('rediss+sentinel://:x@a:1,b/main?db=4')).toEqual({
      topology: 'sentinel',
      tls: true,
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26_379 },
      ],
      primaryName: 'main',
      password: 'x',
      database: 4,
    });
  });

  it('names members of a cluster', () => {
    expect(parseRedisUrl('redis+cluster://a:1,[::1]:2')).toMatchObject({
      topology: 'cluster',
      nodes: [
        { host: 'a', port: 1 },
        { host: '::1', port: 2 },
      ],
      database: 0,
    });
  });

  it.each([
    ['http://h', /none of the accepted forms/],
    ['redis:h', /none of the accepted forms/],
    ['redis://', /needs a host/],
    ['redis://h:x', /needs a host/],
    ['redis://h:0', /port outside/],
    ['redis://h:99999', /port outside/],
    ['redis://a,b', /several hosts/],
    ['redis+cluster://a,', /needs a host/],
    ['redis+cluster://a/1', /a cluster has only 0/],
    ['redis+sentinel://a', /must name the primary/],
    ['redis://h/one', /whole number as database/],
    ['redis://h/-1', /whole number as database/],
    ['redis://h/1?db=2', /two databases/],
    ['redis://h?tls=1', /option other than db/],
    ['redis://:%zz@h', /a % that/],
  ])('refuses %s, says why and what is accepted', (text, why) => {
    expect(() => parseRedisUrl(text)).toThrow(RedisUrlError);
    expect(() => parseRedisUrl(text)).toThrow(why);
    expect(() => parseRedisUrl(text)).toThrow(/accepted are redis:\/\/.*redis\+sentinel:.*redis\+cluster:.*rediss/);
  });

  it('tells no password in a refusal', () => {
    const told = (text: string) => {
      try {
        return JSON.stringify(parseRedisUrl(text));
      } catch (error) {
        return (error as Error).message;
      }
    };
    for (const text of ['redis://:hunter2@h:x', 'redis://a:hunter2%zz@h', 'redis://:hunter2@h/x', 'rdis://:hunter2@h'])
      expect(told(text)).not.toContain('hunter2');
  });
});
