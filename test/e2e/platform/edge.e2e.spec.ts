import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { testApp, type TestApp } from '../../support/app.js';
import { exchange } from '../../support/raw.js';

interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  requestId: string;
  errors?: { pointer: string; message: string }[];
}

describe('the edge', () => {
  let web: TestApp;
  beforeAll(async () => {
    web = await testApp();
    await web.app.listen(0, '127.0.0.1');
  }, 60_000);
  afterAll(() => web.close());

  const raw = (text: string) => exchange(web.app, text);

  describe('identity', () => {
    it('knows who calls, by either header', async () => {
      const ways: Record<string, string>[] = [
        { authorization: `Bearer ${web.key}` },
        { 'x-api-key': web.key, authorization: '' },
      ];
      for (const headers of ways) {
        const answer = await web.get('/whoami', headers);
        expect(answer.statusCode).toBe(200);
        expect(answer.json()).toMatchObject({ keyId: 'testadmin', role: 'admin', workspace: { name: 'default' } });
      }
    });

    it.each([
      ['no key', '', 'key_missing'],
      ['not a key', 'Bearer hello', 'key_not_valid'],
      ['an unknown id', `Bearer tsk_unknown01.${'x'.repeat(43)}`, 'key_not_valid'],
      ['a wrong secret', `Bearer tsk_testadmin.${'x'.repeat(43)}`, 'key_not_valid'],
      ['another scheme', 'Basic dGVzdDp0ZXN0', 'key_missing'],
    ])('%s is 401 with a challenge', async (_what, authorization, code) => {
      const answer = await web.get('/whoami', { authorization });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="techspec"');
      expect(answer.json<Problem>().code).toBe(code);
    });

    it('a percent-encoded address passes the guard too', async () => {
      const answer = await web.call('GET', '/%77hoami', { headers: { authorization: '' } });
      expect(answer.statusCode).toBe(401);
    });
  });

  describe('what every answer carries', () => {
    it.each([
      ['a success', 'GET', '/whoami', 200],
      ['a probe', 'GET', '/health/live', 200],
      ['an unknown address', 'GET', '/v1/nowhere', 404],
      ['a wrong method', 'POST', '/health', 405],
    ])('%s: request id, times and security headers', async (_what, method, url, status) => {
      const answer = await web.call(method, url, { headers: { 'x-request-id': 'my-id_1' } });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers).toMatchObject({
        'x-request-id': 'my-id_1',
        'x-response-time': expect.stringMatching(/^\d+\.\d\dms$/) as string,
        'x-exec-time': expect.stringMatching(/^\d+\.\d\dms$/) as string,
        'server-timing': expect.stringMatching(/^total;dur=\d+\.\d\d/) as string,
        'x-content-type-options': 'nosniff',
        'content-security-policy': `default-src 'none';frame-ancestors 'none'`,
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(answer.headers['strict-transport-security']).toBeUndefined();
    });

    it.each([['has space'], ['a'.repeat(129)], ['semi;colon'], ['']])('replaces the request id %j', async (given) => {
      const answer = await web.get('/health/live', { 'x-request-id': given });
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  describe('problems', () => {
    it('are complete and keep the query string to themselves', async () => {
      const answer = await web.get('/v1/nowhere?token=secret', { 'x-request-id': 'r1' });
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.json()).toEqual({
        type: '/docs#error-route_not_found',
        title: 'Not Found',
        status: 404,
        detail: 'There is no such address; /docs lists all calls.',
        instance: '/v1/nowhere',
        code: 'route_not_found',
        requestId: 'r1',
      });
    });

    it('405 names the methods that are served', async () => {
      const answer = await web.call('DELETE', '/whoami');
      expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS']);
    });

    it('406 when nothing accepted can be made, 200 when a wildcard allows it', async () => {
      expect((await web.get('/whoami', { accept: 'application/xml' })).json<Problem>().code).toBe('not_acceptable');
      expect((await web.get('/whoami', { accept: 'application/xml, */*;q=0.1' })).statusCode).toBe(200);
    });

    it('HEAD answers as GET does, without a body', async () => {
      const answer = await web.call('HEAD', '/whoami');
      expect([answer.statusCode, answer.body]).toEqual([200, '']);
    });

    it('a broken percent-encoding is 400', async () => {
      const answer = await web.get('/v1/%zz');
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([
        400,
        'application/problem+json; charset=utf-8',
      ]);
      expect(answer.json<Problem>().code).toBe('malformed_request');
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'") as string,
      });
    });

    it('an address of more than 8 KB is 414', async () => {
      expect((await web.get(`/v1/${'a'.repeat(8200)}`)).json<Problem>().code).toBe('uri_too_long');
    });
  });

  describe('frames', () => {
    it('two Host headers are refused', async () => {
      const answer = await raw(
        'GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n',
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"code":"duplicate_host"');
    });

    it('bytes that are no request get a problem too', async () => {
      const answer = await raw('HELLO\r\n\r\n');
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
      expect(answer).toContain('"code":"malformed_http"');
    });

    it('a request without Host gets a problem, and an unknown expectation is passed over', async () => {
      expect(await raw('GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n')).toContain('"code":"missing_host"');
      const frame = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nExpect: the-moon\r\nConnection: close\r\n\r\n';
      expect(await raw(frame)).toMatch(/^HTTP\/1\.1 200 /);
    });

    it('a client that goes away in the middle of its body is no failure of ours', async () => {
      const lines: unknown[] = [];
      const keep = (line: unknown) => (typeof line === 'object' ? void lines.push(line) : undefined);
      Logger.overrideLogger({ log: keep, warn: keep, error: keep, debug: keep });
      const { port } = (web.app.getHttpServer() as { address(): AddressInfo }).address();
      const headers = 'Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 100';
      const frame = `POST /v1/research HTTP/1.1\r\n${headers}\r\n\r\n{`;
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(frame, () => setTimeout(() => socket.destroy(), 50)),
      );
      await once(socket, 'close');
      while (lines.length === 0) await sleep(10);
      Logger.overrideLogger(false);
      expect(lines).toEqual([{ requestId: expect.any(String) as string, code: 'malformed_request' }]);
    });

    it('headers of more than 16 KB are 431', async () => {
      const answer = await raw(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 431 /);
      expect(answer).toContain('"code":"headers_too_large"');
    });
  });
});
