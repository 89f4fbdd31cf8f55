import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SessionEventsRepository } from '../../../src/modules/sessions/session-events.repository.js';
import { sessionsKit, type SessionsKit } from './sessions-kit.js';

/** Over a real connection: the injected calls of the other specs have none that could hang. */
describe('HEAD of a stream that has no end yet', () => {
  let kit: SessionsKit;
  let port: number;
  let id: string;

  beforeAll(async () => {
    kit = await sessionsKit();
    await kit.app.listen(0, '127.0.0.1');
    port = (kit.app.getHttpServer().address() as AddressInfo).port;
    id = (await kit.create({ options: { plan: 'ask' } })).id;
    await kit.until(id, 'awaiting_plan');
  }, 60_000);
  afterAll(() => kit?.close());

  const open = (method: string, path: string, agent?: Agent, more: Record<string, string> = {}) => {
    const headers = { host: 'localhost', authorization: `Bearer ${kit.key}`, ...more };
    return request({ agent, method, port, host: '127.0.0.1', path, headers }).on('error', () => undefined);
  };
  const ask = async (method: string, path: string, agent?: Agent) => {
    const call = open(method, path, agent);
    const begun = performance.now();
    call.end();
    const [answer] = await once(call, 'response');
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await once(answer, 'end');
    return { status: answer.statusCode, headers: answer.headers, bytes, ms: performance.now() - begun };
  };

  it.each(['events', 'document/stream'])('is answered at once and ends: %s', async (path) => {
    const head = await ask('HEAD', `/v1/sessions/${id}/${path}`);
    expect(head).toMatchObject({ status: 200, bytes: 0 });
    expect(head.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(head.headers['cache-control']).toBe('no-cache, no-transform');
    expect(head.headers['x-request-id']).toBeDefined();
    expect(head.ms).toBeLessThan(1_000);
  });

  it('leaves the connection to the next call', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let call = 0; call < 3; call += 1) await ask('HEAD', `/v1/sessions/${id}/events`, agent);
    expect((await ask('GET', `/v1/sessions/${id}`, agent)).status).toBe(200);
    agent.destroy();
  });

  it('leaves nobody who goes on reading; nor does a GET whose client has gone', async () => {
    const reads = jest.spyOn(kit.app.get(SessionEventsRepository, { strict: false }), 'after');
    const within = async (ms: number) => {
      reads.mockClear();
      await new Promise((resolve) => setTimeout(resolve, ms));
      return reads.mock.calls.length;
    };
    // More than the buffers of a connection hold, which nobody asked for.
    for (const body of ['', 'x'.repeat(200_000)]) {
      const length = { 'content-length': String(body.length) };
      const client = open('GET', `/v1/sessions/${id}/events`, undefined, length).end(body);
      await once(client, 'response');
      expect(await within(600)).toBeGreaterThan(0);
      client.destroy();
    }
    await ask('HEAD', `/v1/sessions/${id}/events`);
    await within(200);
    expect(await within(600)).toBe(0);
    reads.mockRestore();
  });

  it('is 404 for a session that is not there', async () => {
    const head = await ask('HEAD', '/v1/sessions/01939f4e-5c00-7000-8000-00000000ffff/events');
    expect(head).toMatchObject({ status: 404, bytes: 0 });
  });
});
