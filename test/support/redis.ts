import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';

const READY_TIMEOUT_MS = 15_000;

/** Why suites on a real Redis cannot run here (for `suiteIf`); undefined: they can. */
export const redisMissing =
  spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'redis-server is not installed';

/** Whether this machine has a `redis-server`. */
export const redisAvailable = redisMissing === undefined;

export type TestRedisClient = ReturnType<typeof createClient>;

export interface RedisServerOptions {
  /** Further arguments of `redis-server`, after those of the test set-up. */
  readonly args?: readonly string[];
  /** Of a server that was stopped, to start its successor there; absent: a free one. */
  readonly port?: number;
}

/** A `redis-server` on 127.0.0.1 without persistence; nothing of it outlives `stop`, nor the process of the tests. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Its own folder: configuration files and the like may be put there. */
  readonly folder: string;
  /** Killed, frozen or not; its clients are closed. */
  stop(): Promise<void>;
  /** SIGSTOP: connections stay open, and nothing is answered. */
  freeze(): void;
  /** SIGCONT */
  thaw(): void;
  /** A connected client to look at the server from outside; closed by `stop`. */
  client(): Promise<TestRedisClient>;
}

/** Starts a server and waits until it accepts connections. */
export async function startRedis({ args = [], port }: RedisServerOptions = {}): Promise<RedisServer> {
  const at = port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'techspec-redis-'));
  return startProcess(at, folder, ['--port', `${at}`, '--save', '', '--appendonly', 'no', '--dir', folder, ...args]);
}

/** Starts `redis-server` with these arguments alone (a configuration file of a Sentinel, say). */
export async function startProcess(port: number, folder: string, args: readonly string[]): Promise<RedisServer> {
  const child = spawn('redis-server', [...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  killWithThisProcess(child);
  await ready(child);
  return new ServerProcess(child, port, folder);
}

/** Also when this process is killed itself: the guard's input ends with whoever holds it. */
function killWithThisProcess(child: ChildProcess): void {
  const guard = spawn('sh', ['-c', 'read -r line; kill -9 "$0"', `${child.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as Socket).unref();
  child.once('exit', () => guard.kill('SIGKILL'));
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks again and again until the answer is yes; throws after `timeoutMs`. */
export async function eventually(
  question: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 15_000,
): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (!(await question())) {
    if (performance.now() > until) throw new Error(`did not happen within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

class ServerProcess implements RedisServer {
  private readonly clients: TestRedisClient[] = [];

  constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    readonly folder: string,
  ) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  async client(): Promise<TestRedisClient> {
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } });
    client.on('error', () => undefined);
    this.clients.push(client);
    await client.connect();
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.clients.splice(0)) if (client.isOpen) client.destroy();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`redis-server ${why}:\n${said}`));
      timer = setTimeout(() => fail('is not ready'), READY_TIMEOUT_MS);
      const listen = (text: Buffer) => {
        said += text.toString();
        // A Sentinel only says who it is, once its port is open.
        if (/Ready to accept connections|Sentinel ID is/.test(said)) resolve();
      };
      child.stdout?.on('data', listen);
      child.stderr?.on('data', listen);
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code) => fail(`ended with ${code}`));
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
