import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { ConfigModule } from '../../../src/config/config.module.js';
import { createAdapter } from '../../../src/http/fastify-adapter.js';
import { HttpModule } from '../../../src/http/http.module.js';
import { Limit } from '../../../src/http/limit.decorator.js';
import { Public } from '../../../src/http/public.decorator.js';
import { installServerHooks } from '../../../src/http/server-hooks.js';
import { AppError } from '../../../src/shared/errors/app-error.js';
import { HealthModule } from '../../../src/shared/health/health.module.js';
import { createLogger } from '../../../src/shared/logging/logger.js';
import { LoggingModule } from '../../../src/shared/logging/logging.module.js';
import { timed } from '../../../src/shared/metrics/timer.js';
import { testConfig } from '../../support/config.js';

const order = z.strictObject({
  name: z.string().min(1, 'must not be empty'),
  size: z.int('must be a whole number').max(10, 'must be at most 10'),
  tags: z.array(z.string()).default([]),
});

@Public()
@Limit('none')
@Controller('orders')
class OrdersController {
  @Post()
  create(@Body({ schema: order }) body: z.infer<typeof order>): unknown {
    return body;
  }

  @Get(':id')
  find(
    @Param('id', { schema: z.uuid('must be a UUID') }) id: string,
    @Query({ schema: z.object({ deep: z.enum(['yes', 'no']).optional() }) }) query: unknown,
  ): unknown {
    return { id, query };
  }

  @Get('fails/:how')
  async fail(@Param('how') how: string): Promise<void> {
    if (how === 'secret') throw new Error('SELECT secret FROM /etc/passwd');
    if (how === 'away') throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    if (how === 'full') throw Object.assign(new Error('could not extend file'), { code: '53100' });
    if (how === 'slow') throw Object.assign(new Error('canceling statement'), { code: '57014' });
    if (how === 'limit') throw new AppError('unavailable', 'busy', 'Too busy.', { retryAfter: 1.2 });
    await timed('look-up', () => Promise.resolve());
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

const allow = class {
  canActivate(): boolean {
    return true;
  }
};

describe('bodies and failures', () => {
  const lines: string[] = [];
  let app: NestFastifyApplication;
  beforeAll(async () => {
    const config = testConfig();
    const logger = createLogger({ level: 'info', components: {} }, { write: (line) => void lines.push(line) });
    const modules = [LoggingModule.register(logger), HealthModule, HttpModule.register([], allow), OrdersModule];
    const root = { module: class Root {}, imports: [ConfigModule.register(config), ...modules] };
    app = await NestFactory.create<NestFastifyApplication>(root, createAdapter(config, logger), {
      bodyParser: false,
      logger: false,
    });
    installServerHooks(app, config);
    await app.init();
  });
  afterAll(() => app.close());

  const send = (payload: string | Buffer, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/orders', headers: { 'content-type': type, host: 'localhost' }, payload });
  const codeOf = async (payload: string | Buffer, type?: string) => {
    const answer = await send(payload, type);
    return [answer.statusCode, answer.json<{ code: string }>().code];
  };

  it('takes what is well-formed and valid, with defaults', async () => {
    const answer = await send('{"name":"Straße 😀","size":3}', 'application/json; charset=utf-8');
    expect([answer.statusCode, answer.json()]).toEqual([201, { name: 'Straße 😀', size: 3, tags: [] }]);
  });

  it('names all mistakes at once, each with a pointer', async () => {
    const answer = await send('{"name":"","size":11,"tags":[1],"a/b~c":1}');
    expect(answer.statusCode).toBe(422);
    const { code, errors } = answer.json<{ code: string; errors: { pointer: string; message: string }[] }>();
    expect(code).toBe('invalid_input');
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/name', '/size', '/tags/0', '/a~1b~0c']);
    expect(errors[0]?.message).toBe('must not be empty');
  });

  it('a missing body names the missing fields', async () => {
    const answer = await app.inject({ method: 'POST', url: '/orders', headers: { host: 'localhost' } });
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer)).toEqual([
      '/name',
      '/size',
    ]);
  });

  it('mistakes in path and query are named as such', async () => {
    const answer = await app.inject({ url: '/orders/nope', headers: { host: 'localhost' } });
    expect([answer.statusCode, answer.json<{ errors: unknown }>().errors]).toEqual([
      422,
      [{ pointer: 'id', message: 'must be a UUID' }],
    ]);
    const url = '/orders/0190a1b2-0000-7000-8000-000000000000?deep=maybe';
    const other = await app.inject({ url, headers: { host: 'localhost' } });
    expect(other.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer).toBe('?deep');
  });

  it.each([
    ['an empty body', '', 400, 'empty_body'],
    ['no JSON', '{"name":', 400, 'malformed_json'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 400, 'body_too_deep'],
    ['__proto__', '{"name":"a","size":1,"__proto__":{"admin":true}}', 400, 'forbidden_name'],
    ['__proto__ by escapes', '{"\\u005f_proto__":1}', 400, 'forbidden_name'],
    ['NUL', '{"name":"a\\u0000"}', 400, 'unstorable_text'],
    ['half a surrogate pair', '{"name":"\\ud83d"}', 400, 'unstorable_text'],
    ['more than 256 KB', `{"name":"${'a'.repeat(256 * 1024)}"}`, 413, 'body_too_large'],
    ['an array where an object belongs', '[]', 422, 'invalid_input'],
    ['null', 'null', 422, 'invalid_input'],
  ])('%s is refused', async (_what, payload, status, code) => {
    expect(await codeOf(payload)).toEqual([status, code]);
  });

  it('bytes that are not UTF-8 are refused', async () => {
    expect(await codeOf(Buffer.from([0x22, 0xff, 0xfe, 0x22]))).toEqual([400, 'not_utf8']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'text/html'])(
    '%s is no body we read',
    async (type) => {
      expect(await codeOf('{"name":"a","size":1}', type)).toEqual([415, 'unsupported_media_type']);
    },
  );

  it.each([
    ['secret', 500, 'internal_error'],
    ['away', 503, 'database_unavailable'],
    ['slow', 503, 'database_timeout'],
    ['full', 507, 'disk_full'],
  ])('a failure (%s) leaves as %i without what it said', async (how, status, code) => {
    const answer = await app.inject({ url: `/orders/fails/${how}`, headers: { host: 'localhost' } });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
    expect(answer.body).not.toMatch(/SELECT|passwd|terminating|canceling|extend|node_modules|at /);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '2' : undefined);
  });

  it('Retry-After is whole seconds, rounded up', async () => {
    const answer = await app.inject({ url: '/orders/fails/limit', headers: { host: 'localhost' } });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2']);
  });

  it('timed work is a span of Server-Timing', async () => {
    const answer = await app.inject({ url: '/orders/fails/not', headers: { host: 'localhost' } });
    expect(answer.headers['server-timing']).toMatch(/^total;dur=[\d.]+, handler;dur=[\d.]+, look-up;dur=[\d.]+$/);
  });

  it('writes one access line a request: template, not address; names of parameters, not values', async () => {
    await new Promise(setImmediate);
    lines.length = 0;
    const url = '/orders/0190a1b2-0000-7000-8000-000000000000?deep=yes';
    await app.inject({ url, headers: { host: 'localhost', 'x-request-id': 'line-1', authorization: 'Bearer secret' } });
    await new Promise(setImmediate);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      context: 'http',
      requestId: 'line-1',
      method: 'GET',
      route: '/orders/:id',
      query: ['deep'],
      status: 200,
      durationMs: expect.any(Number) as number,
      bytes: expect.any(Number) as number,
    });
    expect(lines[0]).not.toMatch(/secret|0190a1b2|yes/);
  });
});
