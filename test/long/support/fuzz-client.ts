import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import type { Answer } from './fuzz-contract.js';

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
}

const DEADLINE_MS = 20_000;
/** A stream of a session that is not over has no end: it is left after this. */
const LISTENED_MS = 40;

/** Real sockets, kept alive, as many as there are requests in flight. */
export class FuzzClient {
  private readonly agent: Agent;
  private readonly host: string;
  private readonly port: number;

  constructor(
    private readonly address: string,
    inFlight: number,
  ) {
    const { hostname, port } = new URL(address);
    [this.host, this.port] = [hostname, Number(port)];
    this.agent = new Agent({ connections: inFlight, headersTimeout: DEADLINE_MS, bodyTimeout: DEADLINE_MS });
  }

  /** @throws Error when the client itself refuses to send it, or no answer comes */
  async send({ method, target, headers, body }: WireRequest): Promise<Answer> {
    const response = await this.agent.request({
      origin: this.address,
      method: method as Dispatcher.HttpMethod,
      path: target,
      headers: headers.flat(),
      body,
    });
    const plain = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
    );
    const isStream = String(plain['content-type']).startsWith('text/event-stream');
    if (isStream) return { status: response.statusCode, headers: plain, ...(await listened(response.body)) };
    const bytes = Buffer.from(await response.body.arrayBuffer());
    return { status: response.statusCode, headers: plain, text: decoded(bytes, plain['content-encoding']) };
  }

  /** Bytes that no client would send, on a connection of their own; undefined: the server closed it without a word. */
  sendBytes(bytes: Buffer): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect(this.port, this.host, () => socket.end(bytes));
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('close', () => resolve(answerOf(Buffer.concat(chunks).toString('latin1'))));
      // The server may close while the rest is still being written.
      socket.on('error', () => undefined);
      socket.setTimeout(DEADLINE_MS, () => socket.destroy(reject(new Error('no answer to bytes')) as undefined));
    });
  }

  /** Sends it on a connection of its own, and goes away after so many milliseconds. */
  leave({ method, target, headers }: WireRequest, afterMs: number): Promise<void> {
    const lines = [['host', 'localhost'] as const, ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
    return new Promise((resolve) => {
      const socket = connect(this.port, this.host, () => {
        socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
        setTimeout(() => socket.destroy(), afterMs);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

function decoded(bytes: Buffer, coding: string | undefined): string {
  const decoders = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };
  const decode = bytes.length > 0 ? decoders[coding as keyof typeof decoders] : undefined;
  return (decode ? decode(bytes) : bytes).toString('utf8');
}

async function listened(body: Dispatcher.ResponseData['body']): Promise<{ text: string; isOpen: boolean }> {
  let text = '';
  const timer = setTimeout(() => body.destroy(), LISTENED_MS);
  try {
    for await (const chunk of body) text += String(chunk);
    return { text, isOpen: false };
  } catch {
    return { text, isOpen: true };
  } finally {
    clearTimeout(timer);
  }
}

function answerOf(text: string): Answer | undefined {
  const [head = '', rest = ''] = text.split(/\r\n\r\n([^]*)/, 2);
  const [line = '', ...lines] = head.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1]);
  if (!status) return undefined;
  const headers = Object.fromEntries(
    lines.map((one) => [one.split(':', 1)[0]!.toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]),
  );
  // Further answers on the same connection are to what the server took for further requests.
  return { status, headers, text: rest.slice(0, Number(headers['content-length'] ?? rest.length)) };
}

/** A line that repeats the request by hand. */
export function curlOf(address: string, { method, target, headers, body }: WireRequest): string {
  const quoted = (text: string) =>
    `$'${text.replace(/[\\']/g, '\\$&').replace(/[^\x20-\x7e]/gu, (sign) => [...Buffer.from(sign, 'utf8')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''))}'`;
  return [
    `curl -i --path-as-is -X ${quoted(method)} ${quoted(address + target)}`,
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-binary ${quoted(body.toString('latin1' as BufferEncoding))}`]),
  ].join(' ');
}
