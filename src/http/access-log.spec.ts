import type { FastifyReply, FastifyRequest } from 'fastify';
import { accessLine } from './access-log.js';

const lineOf = (request: object, reply: object, slow = false) =>
  JSON.parse(
    `{${accessLine(
      { id: 'r-1', method: 'GET', query: {}, timing: null, ...request } as unknown as FastifyRequest,
      { statusCode: 200, getHeader: () => undefined, ...reply } as unknown as FastifyReply,
      { route: '/v1/x/:id', durationMs: 1.234, slow },
    )}}`,
  ) as unknown;

const always = { context: 'http', requestId: 'r-1', method: 'GET', route: '/v1/x/:id', status: 200, durationMs: 1.23 };

describe('the access line', () => {
  it('leaves out what a request does not have', () => {
    expect(lineOf({}, {})).toEqual(always);
  });

  it('tells handler, size, key and slowness where there are any', () => {
    const line = lineOf({ timing: { handlerMs: 0.5 }, identity: { keyId: 'k1' } }, { getHeader: () => '12' }, true);
    expect(line).toEqual({ ...always, handlerMs: 0.5, bytes: 12, keyId: 'k1', slow: true });
  });

  it('holds names of query parameters as they are, quoted, and no value of theirs', () => {
    const line = lineOf({ query: { 'a"\n': 'secret', b: 'secret' } }, {});
    expect(line).toEqual({ ...always, query: ['a"\n', 'b'] });
  });
});
