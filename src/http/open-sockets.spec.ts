import { createServer, get } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import { OpenSockets } from './open-sockets.js';

describe('connections at a stop', () => {
  it('silent and idle ones are closed at once, a short answer is finished, an endless one is cut after its grace', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/short') setTimeout(() => response.end('whole'), 100);
      else response.write('begun');
    });
    const sockets = new OpenSockets(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const silent = connect(port, '127.0.0.1');
    const endless = connect(port, '127.0.0.1').on('error', () => undefined);
    endless.write('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n');
    const short = new Promise<string>((resolve, reject) => {
      get({ port, host: '127.0.0.1', path: '/short' }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve(text));
      }).on('error', reject);
    });
    await once(endless, 'data');
    await new Promise((resolve) => setTimeout(resolve, 30));
    const order: string[] = [];
    const closed = [
      once(silent, 'close').then(() => order.push('silent')),
      once(endless, 'close').then(() => order.push('endless')),
    ];
    const done = new Promise((resolve) => server.close(resolve));
    const stop = sockets.close(600);
    expect(await short).toBe('whole');
    order.push('short');
    await Promise.all([...closed, done]);
    stop();
    expect(order).toEqual(['silent', 'short', 'endless']);
  });
});
