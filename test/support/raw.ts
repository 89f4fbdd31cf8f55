import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Bytes as they are, to send what no client would. @returns all that comes back until the server closes the connection */
export function exchange(app: NestFastifyApplication, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
    socket.setTimeout(5000, () => socket.destroy(new Error(`no end: ${answer}`)));
  });
}

/** A request without a body, by its first line. */
export function exchangeLine(
  app: NestFastifyApplication,
  line: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const all = Object.entries({ Host: 'localhost', Connection: 'close', ...headers });
  return exchange(app, `${line}\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
}
