import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { OriginOptions } from './egress.types.js';

const CONNECT_MS = 2_500;
/** Idle sockets are kept for the next gap of the same session, not for ever. */
const KEEP_ALIVE_MS = 15_000;

/** Connections to one origin, direct or through the configured proxy; nothing is taken from the environment. */
export function dispatcherOf(options: OriginOptions): Dispatcher {
  const tls = {
    ca: options.ca === undefined ? undefined : [...options.ca],
    rejectUnauthorized: options.strictTls !== false,
  };
  const connect = { timeout: options.connectMs ?? CONNECT_MS, ...(options.origin.protocol === 'https:' ? tls : {}) };
  const limits = {
    connections: options.concurrency ?? 16,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Attempts have their own deadline; these only keep undici's 300 s from holding a dead socket.
    headersTimeout: options.deadlineMs,
    bodyTimeout: options.deadlineMs,
  };
  if (options.proxy === undefined) return new Pool(options.origin.origin, { ...limits, connect });
  return new ProxyAgent({
    ...limits,
    uri: options.proxy,
    // Plain HTTP goes to a proxy in absolute form, as npm does; TLS through CONNECT.
    proxyTunnel: options.origin.protocol === 'https:',
    requestTls: { ...tls, timeout: options.connectMs ?? CONNECT_MS },
    proxyTls: { ...tls, timeout: options.connectMs ?? CONNECT_MS },
  });
}
