import {
  createServer as createHttpServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Authority } from './authority.js';

export interface ProxiedCall {
  readonly method: string;
  /** `host:port` of a tunnel, the whole address of a plain call. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** What the proxy does instead of its work. */
export type ProxyFault = { readonly status: number } | 'hang' | 'close';

/** A proxy on loopback for tunnels (CONNECT) and for plain calls in absolute form; every call is recorded. */
export class ScriptedProxy {
  readonly calls: ProxiedCall[] = [];
  fault?: ProxyFault;
  private readonly sockets = new Set<Duplex>();

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {}

  static async start(authority?: Authority): Promise<ScriptedProxy> {
    const server = authority === undefined ? createHttpServer() : createHttpsServer(authority.server);
    const proxy = new ScriptedProxy(server, authority === undefined ? 'http' : 'https');
    server.on('connection', (socket: Socket) => proxy.keep(socket));
    server.on('request', (incoming, response) => proxy.forward(incoming, response));
    server.on('connect', (incoming, socket) => proxy.tunnel(incoming, socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** `credentials`: `user:password`, as they stand in an address. */
  url(credentials = ''): string {
    const { port } = this.server.address() as AddressInfo;
    return `${this.scheme}://${credentials === '' ? '' : `${credentials}@`}127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private keep<S extends Duplex>(socket: S): S {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
    return socket;
  }

  private record({ method, url, headers }: IncomingMessage): void {
    this.calls.push({ method: method ?? '', target: url ?? '', headers });
  }

  private tunnel(incoming: IncomingMessage, socket: Duplex): void {
    this.record(incoming);
    this.keep(socket);
    if (this.fault === 'hang') return;
    if (this.fault === 'close') return void socket.destroy();
    if (this.fault !== undefined)
      return void socket.end(`HTTP/1.1 ${this.fault.status} Scripted\r\ncontent-length: 0\r\n\r\n`);
    const target = new URL(`http://${incoming.url ?? ''}`);
    const upstream = this.keep(connect(Number(target.port), target.hostname));
    upstream.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  }

  private forward(incoming: IncomingMessage, response: ServerResponse): void {
    this.record(incoming);
    if (this.fault === 'hang') return;
    if (this.fault === 'close') return void incoming.destroy();
    if (this.fault !== undefined) return void response.writeHead(this.fault.status).end();
    const headers = { ...incoming.headers };
    delete headers['proxy-authorization'];
    request(incoming.url ?? '', { method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end();
  }
}

export interface TlsFront {
  /** Ends with `/`, as npm writes it. */
  readonly url: string;
  close(): Promise<void>;
}

/** TLS in front of a plain server on loopback. */
export async function tlsFront(behind: { readonly url: string }, { server }: Authority): Promise<TlsFront> {
  const sockets = new Set<Duplex>();
  const port = Number(new URL(behind.url).port);
  const front = createTlsServer(server, (socket) => {
    const plain = connect(port, '127.0.0.1');
    for (const one of [socket, plain]) {
      sockets.add(one);
      one.on('error', () => undefined).on('close', () => [socket, plain].forEach((both) => both.destroy()));
    }
    socket.pipe(plain).pipe(socket);
  });
  front.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(front.address() as AddressInfo).port}/`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => front.close(() => resolve()));
    },
  };
}
