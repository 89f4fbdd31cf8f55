import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const INT4 = 23;
const TEXT = 25;

/**
 * A server that speaks PostgreSQL's wire protocol 3.0 as far as a start needs it (manual, chapter "Frontend/Backend
 * Protocol"): lets everybody in and answers every query with its version. Stands for a release that is not installed here.
 */
export class OldPostgres {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly version: string,
  ) {}

  static async start(version: string): Promise<OldPostgres> {
    const server = createServer();
    const old = new OldPostgres(server, version);
    server.on('connection', (socket) => old.talk(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return old;
  }

  get url(): string {
    return `postgres://app:secret@127.0.0.1:${(this.server.address() as AddressInfo).port}/app`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private talk(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    let received = Buffer.alloc(0);
    let started = false;
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      for (;;) {
        // The first message has no type byte.
        const head = started ? 1 : 0;
        if (received.length < head + 4) return;
        const end = head + received.readInt32BE(head);
        if (received.length < end) return;
        const type = started ? String.fromCharCode(received[0] ?? 0) : '';
        received = received.subarray(end);
        if (!started) socket.write(this.welcome());
        else if (type === 'Q') socket.write(this.rows());
        else if (type === 'X') socket.end();
        started = true;
      }
    });
  }

  private welcome(): Buffer {
    return Buffer.concat([
      message('R', int4(0)),
      message('S', text('server_version', this.version)),
      message('S', text('client_encoding', 'UTF8')),
      message('K', int4(1), int4(1)),
      message('Z', Buffer.from('I')),
    ]);
  }

  /** One row `number`, `version`, whatever was asked. */
  private rows(): Buffer {
    const [major = '', minor = '0'] = this.version.split('.');
    const number = `${Number(major) * 10_000 + Number(minor)}`;
    return Buffer.concat([
      message('T', int2(2), column('number', INT4), column('version', TEXT)),
      message('D', int2(2), value(number), value(this.version)),
      message('C', text('SELECT 1')),
      message('Z', Buffer.from('I')),
    ]);
  }
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int4(body.length + 4), body]);
}

function int2(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(number);
  return bytes;
}

function int4(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
}

const text = (...words: readonly string[]) => Buffer.from(`${words.join('\0')}\0`);

const value = (content: string) => Buffer.concat([int4(Buffer.byteLength(content)), Buffer.from(content)]);

/** Name, table and column of origin, type, its size and modifier, text format. */
const column = (name: string, type: number) =>
  Buffer.concat([text(name), int4(0), int2(0), int4(type), int2(-1), int4(-1), int2(0)]);
