import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What the server does instead of answering properly. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly times?: number }
  /** Accepts and never answers. */
  | { readonly kind: 'hang' }
  /** Sends one byte every 100 ms. */
  | { readonly kind: 'drip' }
  | { readonly kind: 'garbage' }
  /** Bytes that claim to be gzip. */
  | { readonly kind: 'bad-gzip' }
  /** A JSON body of this many bytes, gzipped on the wire. */
  | { readonly kind: 'huge'; readonly bytes: number }
  | { readonly kind: 'redirect'; readonly location: string }
  /** Ends the connection in the middle of the body. */
  | { readonly kind: 'cut'; readonly times?: number };

export interface RegistryPackage {
  readonly version: string;
  readonly record?: Readonly<Record<string, unknown>>;
  /** Contents by path inside the package. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface RecordedCall {
  readonly path: string;
  readonly authorization?: string;
  readonly ifNoneMatch?: string;
  readonly status: number;
}

/**
 * A registry on loopback that speaks npm's wire format: `/{name}/latest`, `/{name}/{version}`, `/{name}`, package files,
 * ETag with 304, 404; and misbehaves on demand, for one path or for all. Every call is recorded.
 */
export class ScriptedRegistry {
  readonly calls: RecordedCall[] = [];
  private readonly packages = new Map<string, RegistryPackage>();
  private readonly faults = new Map<string, Fault & { left?: number }>();
  private server?: Server;
  /** Registries differ: some send no ETag, some know no `/latest`. */
  etags = true;
  latestRoute = true;

  static async start(): Promise<ScriptedRegistry> {
    const registry = new ScriptedRegistry();
    registry.server = createServer((request, response) => registry.answer(request, response));
    await new Promise<void>((resolve) => registry.server?.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  /** Ends with `/`, as npm writes it. */
  get url(): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => this.server?.close(() => resolve()) ?? resolve());
  }

  publish(name: string, published: RegistryPackage): this {
    this.packages.set(name, published);
    return this;
  }

  /** `path` is the decoded path of a call, e.g. `/@scope/name/latest`; `*` for all. */
  misbehave(path: string, fault: Fault): this {
    this.faults.set(path, { ...fault, ...('times' in fault && { left: fault.times }) });
    return this;
  }

  behave(): this {
    this.faults.clear();
    return this;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
    response.on('close', () => {
      this.calls.push({
        path,
        authorization: request.headers.authorization,
        ifNoneMatch: request.headers['if-none-match'],
        status: response.statusCode,
      });
    });
    const fault = this.takeFault(path);
    if (fault !== undefined) return misbehave(fault, response);
    if (path.endsWith('.tgz')) return this.sendFile(path, response);
    return this.sendRecord(path, request, response);
  }

  private takeFault(path: string): Fault | undefined {
    const fault = this.faults.get(path) ?? this.faults.get('*');
    if (fault?.left === undefined) return fault;
    if (fault.left <= 0) return undefined;
    fault.left -= 1;
    return fault;
  }

  private sendRecord(path: string, request: IncomingMessage, response: ServerResponse): void {
    const body = this.bodyOf(path.slice(1));
    if (body === undefined) return end(response, 404, { error: 'Not found' });
    const text = JSON.stringify(body);
    const etag = `"${createHash('sha1').update(text).digest('hex')}"`;
    if (this.etags) response.setHeader('etag', etag);
    if (this.etags && request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    const zipped = /gzip/.test(String(request.headers['accept-encoding']));
    if (zipped) response.setHeader('content-encoding', 'gzip');
    response.writeHead(200, { 'content-type': 'application/json' }).end(zipped ? gzipSync(text) : text);
  }

  private bodyOf(path: string): unknown {
    const whole = this.packages.get(path);
    if (whole !== undefined) {
      const { version } = whole;
      return {
        _id: path,
        name: path,
        'dist-tags': { latest: version },
        versions: { [version]: this.record(path, whole) },
      };
    }
    const at = path.lastIndexOf('/');
    const found = this.packages.get(path.slice(0, at));
    const tag = path.slice(at + 1);
    if (found === undefined || !(tag === found.version || (tag === 'latest' && this.latestRoute))) return undefined;
    return this.record(path.slice(0, at), found);
  }

  private record(name: string, { version, record }: RegistryPackage): Record<string, unknown> {
    const tarball = `${this.url}${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
    return { name, version, ...record, _id: `${name}@${version}`, dist: { tarball, shasum: 'none' } };
  }

  private sendFile(path: string, response: ServerResponse): void {
    const found = this.packages.get(path.slice(1, path.indexOf('/-/')));
    if (found === undefined) return end(response, 404, { error: 'Not found' });
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(gzipSync(tarOf(found.files ?? {})));
  }
}

function end(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function misbehave(fault: Fault, response: ServerResponse): void {
  switch (fault.kind) {
    case 'status':
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
      return end(response, fault.status, { error: 'scripted' });
    case 'hang':
      return;
    case 'drip': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(timer));
      return;
    }
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('<html>not a registry</html>');
      return;
    case 'bad-gzip':
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is not gzip');
      return;
    case 'huge':
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(
        gzipSync(Buffer.concat([Buffer.from('"'), Buffer.alloc(fault.bytes - 2, 'a'), Buffer.from('"')]), { level: 1 }),
      );
      return;
    case 'redirect':
      response.writeHead(302, { location: fault.location }).end();
      return;
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"name":');
      setTimeout(() => response.destroy(), 10);
  }
}

/** A ustar archive with npm's first folder; names over 100 characters go into a pax header. */
export function tarOf(files: Readonly<Record<string, string>>, folder = 'package'): Buffer {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const name = `${folder}/${path}`;
    const body = Buffer.from(text, 'utf8');
    if (Buffer.byteLength(name) <= 100) return [header(name, body.length, '0'), padded(body)];
    const pax = paxRecord(name);
    return [
      header('PaxHeader', pax.length, 'x'),
      padded(pax),
      header(name.slice(0, 60), body.length, '0'),
      padded(body),
    ];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function paxRecord(name: string): Buffer {
  const rest = ` path=${name}\n`;
  const bytes = Buffer.byteLength(rest);
  // The length counts its own digits.
  const length =
    [2, 3, 4].map((digits) => bytes + digits).find((total) => String(total).length === total - bytes) ?? bytes;
  return Buffer.from(`${length}${rest}`);
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, 'utf8');
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\0' + '00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
