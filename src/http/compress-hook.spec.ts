import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { CodedForms } from './coded-forms.js';
import { compressReply } from './compress-hook.js';
import './fastify-request.js';

const TEXT = 'a sentence that repeats itself. '.repeat(200);
const JSON_TYPE = 'application/json; charset=utf-8';

describe('compressed answers', () => {
  let server: FastifyInstance;
  let ended: boolean;
  const repeated = new CodedForms();

  const route = (path: string, answer: (reply: FastifyReply) => unknown) =>
    server.get(path, (_request, reply) => answer(reply));
  const ask = (path: string, accept = 'gzip', method: 'GET' | 'HEAD' = 'GET') =>
    server.inject({ method, url: path, headers: { 'accept-encoding': accept } });

  beforeAll(async () => {
    server = fastify();
    server.decorateReply('codedForms', null);
    server.addHook('onSend', compressReply);
    route('/json', () => ({ text: TEXT }));
    route('/buffer', (reply) => reply.type('text/plain').send(Buffer.from(TEXT)));
    route('/repeated', (reply) => {
      reply.codedForms = repeated;
      return reply.type('text/plain').send(TEXT);
    });
    route('/short', () => ({ a: 1 }));
    route('/limit/999', (reply) => reply.type('text/plain').send('x'.repeat(999)));
    route('/limit/1000', (reply) => reply.type('text/plain').send('x'.repeat(1000)));
    route('/limit/wide', (reply) => reply.type('text/plain').send('€'.repeat(334)));
    route('/strong', (reply) => reply.header('etag', '"v1"').send({ text: TEXT }));
    route('/weak', (reply) => reply.header('etag', 'W/"v1"').header('vary', 'Accept').send({ text: TEXT }));
    route('/bytes', (reply) => reply.type('application/octet-stream').send(Buffer.from(TEXT)));
    route('/coded', (reply) => reply.type('text/plain').header('content-encoding', 'gzip').send(Buffer.from(TEXT)));
    route('/whole', (reply) => reply.header('cache-control', 'private, no-transform').send({ text: TEXT }));
    route('/unchanged', (reply) => reply.status(304).send());
    route('/none', (reply) => reply.status(204).send());
    route('/events', (reply) => reply.type('text/event-stream').send(Readable.from([`data: ${TEXT}\n\n`])));
    route('/stream', (reply) => reply.type('text/plain').send(Readable.from([TEXT, TEXT], { objectMode: false })));
    route('/broken', (reply) =>
      reply.type('text/plain').send(
        Readable.from(
          (async function* () {
            yield TEXT;
            throw new Error('source lost');
          })(),
        ),
      ),
    );
    await server.ready();
  });
  afterAll(() => server.close());

  it.each([
    ['br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['gzip;q=0.9, br;q=1', 'br', brotliDecompressSync],
  ])('come coded as %s asks', async (accept, coding, decode) => {
    const answer = await ask('/json', accept);
    expect(answer.headers).toMatchObject({ 'content-encoding': coding, 'content-type': JSON_TYPE });
    expect(answer.headers['vary']).toBe('Accept-Encoding');
    expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length));
    expect(JSON.parse(decode(answer.rawPayload).toString())).toEqual({ text: TEXT });
  });

  it('of a body that is given many times are made once for each coding', async () => {
    await ask('/repeated', 'gzip');
    // What was kept is given, whatever body comes with the next question.
    expect(gunzipSync(await repeated.of('not coded', 'gzip')).toString()).toBe(TEXT);
    expect(gunzipSync((await ask('/repeated', 'gzip')).rawPayload).toString()).toBe(TEXT);
    expect(brotliDecompressSync((await ask('/repeated', 'br')).rawPayload).toString()).toBe(TEXT);
    expect((await ask('/repeated', 'identity')).body).toBe(TEXT);
  });

  it('come as they are for who does not ask, and say that they vary', async () => {
    const answer = await server.inject('/json');
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.headers['vary']).toBe('Accept-Encoding');
    expect(answer.json()).toEqual({ text: TEXT });
  });

  it.each([
    ['/limit/999', undefined],
    ['/limit/1000', 'gzip'],
    ['/limit/wide', 'gzip'],
  ])('begin at 1000 bytes, not characters: %s', async (path, coding) => {
    expect((await ask(path)).headers['content-encoding']).toBe(coding);
  });

  it.each(['/short', '/bytes', '/whole', '/unchanged', '/none', '/events'])('leave %s alone', async (path) => {
    const answer = await ask(path);
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.headers['vary']).toBeUndefined();
  });

  it('leave what is coded already', async () => {
    expect((await ask('/coded')).rawPayload.toString()).toBe(TEXT);
  });

  it('have a weak tag: a strong one becomes weak, a weak one stays', async () => {
    expect((await ask('/strong')).headers['etag']).toBe('W/"v1"');
    expect((await server.inject('/strong')).headers['etag']).toBe('"v1"');
    const weak = await ask('/weak');
    expect([weak.headers['etag'], weak.headers['vary']]).toEqual(['W/"v1"', 'Accept, Accept-Encoding']);
  });

  it.each(['/json', '/stream'])('of HEAD have the headers of GET and no body: %s', async (path) => {
    const [get, head] = [await ask(path), await ask(path, 'gzip', 'HEAD')];
    expect(head.rawPayload).toHaveLength(0);
    for (const own of ['date', 'transfer-encoding']) delete get.headers[own];
    expect(head.headers).toMatchObject(get.headers);
    expect(head.headers['content-encoding']).toBe('gzip');
  });

  it('of a stream are coded as they come', async () => {
    const answer = await ask('/stream', 'br');
    expect(answer.headers['content-length']).toBeUndefined();
    expect(brotliDecompressSync(answer.rawPayload).toString()).toBe(TEXT + TEXT);
  });

  it('of a stream that breaks end broken, not as if they were whole', async () => {
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as { port: number };
    const answer = fetch(`http://127.0.0.1:${port}/broken`, { headers: { 'accept-encoding': 'gzip' } });
    await expect(answer.then((got) => got.text())).rejects.toThrow();
  });

  it('of a stream wait for a reader that is slow, and end their source when it leaves', async () => {
    let produced = 0;
    ended = false;
    const big = fastify();
    big.addHook('onSend', compressReply);
    // Longer than the coder's window, so that nothing of it gets smaller.
    const noise = randomBytes(65_536);
    big.get('/', (_request, reply) =>
      reply.type('text/plain').send(
        Readable.from(
          (async function* () {
            try {
              for (; produced < 4000; produced += 1) yield noise;
            } finally {
              ended = true;
            }
          })(),
        ),
      ),
    );
    await big.listen({ port: 0, host: '127.0.0.1' });
    const { port } = big.server.address() as { port: number };
    const reader = get({ port, host: '127.0.0.1', headers: { 'accept-encoding': 'gzip' } });
    const [answer] = (await once(reader, 'response')) as [IncomingMessage];
    answer.pause();
    let before = -1;
    while (before !== produced) {
      before = produced;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(produced).toBeLessThan(4000);
    answer.destroy();
    for (let tries = 0; tries < 100 && !ended; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ended).toBe(true);
    await big.close();
  }, 30_000);
});
