import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { Proxy } from './proxy.js';

/** What a TLS connection is judged by. */
export interface Trust {
  readonly ca?: string[];
  readonly rejectUnauthorized: boolean;
}

/**
 * No connection came about. It wraps whatever happened, since undici goes by codes: for some of them, among them that of
 * a proxy which closes the connection, it connects again and again, for ever.
 */
export class ConnectFailure extends Error {
  constructor(
    cause: unknown,
    /** The proxy answered and did not let the call through. */
    readonly refused = false,
  ) {
    super('no connection', { cause });
    this.name = 'ConnectFailure';
  }
}

export function directConnector(trust: Trust, timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ ...trust, timeout: timeoutMs });
  return (options, callback) => settle(connect, options, callback);
}

/** Through a tunnel of the proxy (CONNECT), with TLS inside it for an https origin. */
export function tunnelConnector(origin: URL, proxy: Proxy, trust: Trust, timeoutMs: number): buildConnector.connector {
  const secure = buildConnector({ ...trust, timeout: timeoutMs });
  return (options, callback) => {
    openTunnel(origin, proxy, trust, timeoutMs).then(
      (socket) => {
        if (origin.protocol === 'https:') settle(secure, { ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: ConnectFailure) => callback(error, null),
    );
  };
}

/** Connects, with every failure as one kind, also those that are thrown, as for certificates nobody can read. */
function settle(
  connect: buildConnector.connector,
  options: buildConnector.Options,
  callback: buildConnector.Callback,
): void {
  try {
    connect(options, (...[error, socket]) => {
      if (error === null) callback(null, socket);
      else callback(new ConnectFailure(error), null);
    });
  } catch (error) {
    callback(new ConnectFailure(error), null);
  }
}

function openTunnel(origin: URL, proxy: Proxy, trust: Trust, timeoutMs: number): Promise<Socket> {
  const target = `${origin.hostname}:${origin.port || (origin.protocol === 'https:' ? 443 : 80)}`;
  const host = proxy.url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const call = (proxy.url.protocol === 'https:' ? httpsRequest : httpRequest)({
      ...trust,
      method: 'CONNECT',
      host,
      port: proxy.url.port,
      path: target,
      headers: { host: target, connection: 'keep-alive', 'user-agent': 'techspec', ...proxy.headers },
      agent: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const timer = setTimeout(() => call.destroy(new Error('the proxy took too long')), timeoutMs);
    call.once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      clearTimeout(timer);
      if (statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        return resolve(socket);
      }
      socket.on('error', () => undefined).destroy();
      // 5xx: it could not reach the origin either.
      reject(new ConnectFailure(new Error(`the proxy answered ${statusCode}`), statusCode < 500));
    });
    call.once('error', (error) => {
      clearTimeout(timer);
      reject(new ConnectFailure(error));
    });
    call.end();
  });
}
