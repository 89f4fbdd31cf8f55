import type { IncomingMessage } from 'node:http';
import { AppError } from '../shared/errors/app-error.js';

const LONGEST_URL = 8192;
/** Characters of one part of an address that a route takes as its parameter. */
export const LONGEST_PARAMETER = 512;
const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * What is wrong with the frame of a request, before anything else looks at it.
 * @param localOnly without a configured key only names of this machine are answered: a page of the web that resolves
 *   its own name to 127.0.0.1 (DNS rebinding) must not reach the service
 */
export function framingError(message: IncomingMessage, localOnly: boolean): AppError | undefined {
  if ((message.url?.length ?? 0) > LONGEST_URL)
    return new AppError('uri-too-long', 'uri_too_long', `The address may have ${LONGEST_URL} characters.`);
  return hostError(message) ?? codingError(message) ?? (localOnly ? foreignHost(message) : undefined);
}

function hostError(message: IncomingMessage): AppError | undefined {
  const hosts = headerCount(message, 'host');
  if (hosts > 1) return new AppError('malformed', 'duplicate_host', 'Send exactly one Host header.');
  if (hosts === 0 && message.httpVersionMajor === 1 && message.httpVersionMinor >= 1)
    return new AppError('malformed', 'missing_host', 'Send a Host header.');
  return undefined;
}

/** A body in a content coding would be read as what it is not. */
function codingError({ headers }: IncomingMessage): AppError | undefined {
  const coding = headers['content-encoding'];
  if (coding === undefined || /^(?:identity)?$/i.test(coding.trim())) return undefined;
  return new AppError(
    'unsupported',
    'content_encoding_unsupported',
    'Send the body as it is, without Content-Encoding.',
  );
}

function foreignHost(message: IncomingMessage): AppError | undefined {
  if (LOCAL_NAMES.has(hostName(message.headers.host ?? ''))) return undefined;
  return new AppError(
    'misdirected',
    'host_not_served',
    'Without TECHSPEC_API_KEY only localhost, 127.0.0.1 and [::1] are served. Set the key to serve other names.',
  );
}

/** node:http joins or drops repeated headers; the raw list still shows them. */
function headerCount(message: IncomingMessage, name: string): number {
  let count = 0;
  for (let at = 0; at < message.rawHeaders.length; at += 2)
    if (message.rawHeaders[at]?.toLowerCase() === name) count += 1;
  return count;
}

/** The name without its port, lower-cased; brackets of an IPv6 literal stay. */
export function hostName(host: string): string {
  const name = host.startsWith('[') ? host.slice(0, host.indexOf(']') + 1) : (host.split(':', 1)[0] ?? '');
  return name.toLowerCase();
}

/** Whether a HOST setting binds the loopback interface alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
