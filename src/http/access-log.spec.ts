import type { FastifyReply, FastifyRequest } from 'fastify';
import { accessLine } from './access-log.js';
import { RequestTiming } from './request-timing.js';

const lineOf = (request: object, reply: object, slow = false, aborted?: boolean) =>
  JSON.parse(
    `{${accessLine(
      { id: 'r-1', method: 'GET', query: {}, timing: null, ...request } as unknown as FastifyRequest,
      { statusCode: 200, getHeader: () => undefined, ...reply } as unknown as FastifyReply,
      { route: '/v1/x/:id', durationMs: 1.234, slow, aborted },
    )}}`,
  ) as unknown;

const always = { context: 'http', requestId: 'r-1', method: 'GET', route: '/v1/x/:id', status: 200, durationMs: 1.23 };

describe('the access line', () => {
  it('leaves out what a request does not have', () => {
    expect(lineOf({}, {})).toEqual(always);
  });

  it('tells handler, size, key and slowness where there are any', () => {
    const line = lineOf(
      { timing: Object.assign(new RequestTiming(0), { handlerMs: 0.5 }), identity: { keyId: 'k1' } },
      { getHeader: () => '12' },
      true,
    );
    expect(line).toEqual({ ...always, handlerMs: 0.5, bytes: 12, keyId: 'k1', slow: true });
  });

  it('holds names of query parameters and no value of theirs, nor what is no name', () => {
    const line = lineOf({ query: { perPage: 'secret', 'a"\n': '', tsk_id: '', 'tsk_testadmin.secret': '' } }, {});
    expect(line).toEqual({ ...always, query: ['perPage', '?', '?', '?'] });
  });

  it('tells how the cache answered, and whether the client went away', () => {
    expect(lineOf({}, { cacheOutcome: 'stale' })).toEqual({ ...always, cache: 'stale' });
    expect(lineOf({}, { cacheOutcome: null }, false, true)).toEqual({ ...always, aborted: true });
  });

  it('of a slow request tells where the time went', () => {
    const timing = new RequestTiming(0);
    timing.add({ name: 'research', durationMs: 1000.4567 });
    timing.add({ name: 'odd "name"', durationMs: 1 });
    expect(lineOf({ timing }, {}, true)).toEqual({
      ...always,
      slow: true,
      spans: { research: 1000.46, 'odd "name"': 1 },
    });
    expect(lineOf({ timing }, {}, false)).toEqual(always);
  });
});
