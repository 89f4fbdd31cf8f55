import { AppError } from '../errors/app-error.js';

export interface Proxy {
  /** Without user and password. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads the address of a proxy; one without a scheme (`proxy.corp:3128`) is http, as curl takes it.
 * @throws AppError `proxy_invalid`
 */
export function readProxy(address: string): Proxy {
  const text = address.includes('://') ? address : `http://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw invalid();
  const headers = credentials(url);
  url.username = '';
  url.password = '';
  return { url, headers };
}

function credentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
  } catch {
    throw invalid();
  }
}

function invalid(): AppError {
  return new AppError(
    'unavailable',
    'proxy_invalid',
    'The configured proxy is not an http or https address, or a % in its user or password is not written as %25; correct it with: npm config set https-proxy ADDRESS',
  );
}
