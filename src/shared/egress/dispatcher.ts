import { type Dispatcher, Pool } from 'undici';
import { directConnector, tunnelConnector } from './connectors.js';
import type { OriginOptions } from './egress.types.js';
import { type Proxy, readProxy } from './proxy.js';

const CONNECT_MS = 2_500;
/** Idle sockets are kept for the next gap of the same session, not for ever. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Connections to one origin, direct or through the configured proxy; nothing is taken from the environment. As npm does,
 * plain HTTP goes to a proxy in absolute form and TLS through a tunnel.
 * @throws AppError `proxy_invalid`
 */
export function dispatcherOf(options: OriginOptions): Dispatcher {
  const { origin } = options;
  const trust = {
    ...(options.ca === undefined ? {} : { ca: [...options.ca] }),
    rejectUnauthorized: options.strictTls !== false,
  };
  const connectMs = options.connectMs ?? CONNECT_MS;
  const limits = {
    connections: options.concurrency ?? 16,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Attempts have their own deadline; these only keep undici's 300 s from holding a dead socket.
    headersTimeout: options.deadlineMs,
    bodyTimeout: options.deadlineMs,
  };
  const direct = directConnector(trust, connectMs);
  if (options.proxy === undefined) return new Pool(origin.origin, { ...limits, connect: direct });
  const proxy = readProxy(options.proxy);
  if (origin.protocol === 'http:' && proxy.url.protocol === 'http:') {
    return new Pool(proxy.url.origin, { ...limits, connect: direct }).compose(absoluteForm(origin, proxy));
  }
  return new Pool(origin.origin, { ...limits, connect: tunnelConnector(origin, proxy, trust, connectMs) });
}

/** The whole address instead of a path (RFC 9112, 3.2.2); our calls give headers as a record. */
function absoluteForm(origin: URL, proxy: Proxy): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(
      {
        ...options,
        origin: proxy.url.origin,
        path: origin.origin + options.path,
        headers: { ...(options.headers as Record<string, string>), host: origin.host, ...proxy.headers },
      },
      handler,
    );
}
