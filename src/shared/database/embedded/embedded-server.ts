import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Binaries } from './binaries.js';
import { findBinaries } from './binaries.js';
import { clusterHome } from './data-folder.js';
import { embeddedErrors } from './embedded-errors.js';
import { APP_ROLE, DATABASE_NAME, OWNER_ROLE, ensureCluster, ensureDatabase, readPassword } from './initialise.js';
import { OwnerFiles } from './owner-files.js';
import type { PidFile } from './postmaster.js';
import { freePort, removeDeadSocketFolder, runningPostmaster, startPostmaster, stopPostmaster } from './postmaster.js';
import { socketFolder } from './private-folder.js';
import { markOf } from './processes.js';
import type { ServerUser } from './server-user.js';
import { serverUser } from './server-user.js';

export interface EmbeddedOptions {
  /** False: faster and lost when the machine (not the program) dies. For tests. Default true. */
  readonly durable?: boolean;
  readonly maxConnections?: number;
  /** Told what a person should know: where the data went, that the server was restarted. */
  readonly say?: (message: string) => void;
}

export interface EmbeddedDatabase {
  /** Connection of the application's role (no DDL). */
  readonly url: string;
  /** Connection of the owner, who migrates. */
  readonly ownerUrl: string;
  /** True while another process owns the server. */
  readonly guest: boolean;
  /** Where the cluster lives. */
  readonly home: string;
  /** Call it after the pools are closed. */
  stop(): Promise<void>;
}

const WATCH_MS = 500;
const ANSWER_TIMEOUT_MS = 15_000;

/**
 * The embedded PostgreSQL of a data folder: started, adopted from an owner that died, or shared as a guest.
 *
 * owner   started or adopted the server, restarts it when it dies, stops it at its own end
 * guest   uses the server of a running owner and never stops it
 *
 * When the owner ends while guests remain, it leaves the server to them: the first guest to notice (≤ 0.5 s) becomes the
 * owner. When it is killed, the same happens, or the next start adopts the orphan. The last one to go stops the server.
 */
export async function startEmbedded(
  dataFolder: string,
  config: { readonly root: string },
  options: EmbeddedOptions = {},
): Promise<EmbeddedDatabase> {
  const user = serverUser();
  const { home, elsewhere } = clusterHome(dataFolder, user);
  const binaries = findBinaries(config.root, dataFolder, user);
  if (elsewhere) options.say?.(`The user of the database server cannot reach ${dataFolder}; its data is in ${home}.`);
  const server = new EmbeddedServer(home, binaries, user, options);
  await server.open();
  return server;
}

class EmbeddedServer implements EmbeddedDatabase {
  guest = false;
  private readonly files: OwnerFiles;
  private readonly dataDir: string;
  private address: { socketDir: string; port: number } = { socketDir: '', port: 5432 };
  private signOff: (() => void) | undefined;
  private watch: NodeJS.Timeout | undefined;
  private watching = false;
  private stopped = false;

  constructor(
    readonly home: string,
    private readonly binaries: Binaries,
    private readonly user: ServerUser | undefined,
    private readonly options: EmbeddedOptions,
  ) {
    this.files = new OwnerFiles(home);
    this.dataDir = join(home, 'data');
  }

  get url(): string {
    return this.urlOf(APP_ROLE, DATABASE_NAME);
  }

  get ownerUrl(): string {
    return this.urlOf(OWNER_ROLE, DATABASE_NAME);
  }

  async open(): Promise<void> {
    await this.files.locked(async () => {
      if (this.files.hasOwner()) await this.attach();
      else await this.own();
    });
    this.watch = setInterval(() => void this.look(), WATCH_MS);
    this.watch.unref();
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    clearInterval(this.watch);
    await this.files.lockedUnlessFull(async () => {
      this.signOff?.();
      const inherited = this.guest && !this.files.hasOwner();
      if (this.guest && !inherited) return;
      if (this.files.countGuests() > 0) {
        this.files.leaveToGuests();
        return;
      }
      await this.stopServer();
      this.files.removeOwner();
    });
  }

  private async stopServer(): Promise<void> {
    const running = runningPostmaster(this.dataDir);
    if (running) await stopPostmaster(running.pid, this.dataDir, await this.answers(running));
    this.removeSocketFolder();
  }

  private removeSocketFolder(): void {
    if (this.address.socketDir) rmSync(this.address.socketDir, { recursive: true, force: true });
  }

  private async attach(): Promise<void> {
    const owner = this.files.readOwner();
    if (owner && owner.major !== this.binaries.major) {
      throw embeddedErrors.otherMajor(this.dataDir, String(owner.major), this.binaries.major);
    }
    this.guest = true;
    this.signOff = this.files.addGuest();
    // Its owner may be restarting it this very moment.
    for (const deadline = performance.now() + ANSWER_TIMEOUT_MS; performance.now() < deadline; await sleep(50)) {
      const running = runningPostmaster(this.dataDir);
      if (running?.ready && (await this.answers(running))) return;
    }
    this.signOff();
    throw embeddedErrors.failed('of another process does not answer', this.logFile());
  }

  private async own(): Promise<void> {
    await ensureCluster(this.home, this.binaries, this.user);
    if (!(await this.adopt())) await this.start();
    try {
      await ensureDatabase(this.urlOf(OWNER_ROLE, 'postgres'), readPassword(this.home));
      this.claim();
    } catch (error) {
      if (this.files.countGuests() === 0) await this.stopServer();
      throw error;
    }
  }

  private claim(): void {
    const mark = markOf(process.pid);
    if (!mark) throw new Error('A running process has a mark.');
    this.signOff?.();
    this.signOff = undefined;
    this.guest = false;
    const { major, version } = this.binaries;
    this.files.writeOwner({ ...mark, major, version, settings: this.settings().join(' ') });
  }

  /**
   * An orphan of the same binaries and settings that answers is as good as a new server; any other is stopped. One that
   * guests still use is taken as it is.
   */
  private async adopt(): Promise<boolean> {
    const running = runningPostmaster(this.dataDir);
    if (!running) {
      removeDeadSocketFolder(this.dataDir);
      return false;
    }
    const last = this.files.readOwner();
    const same = last?.version === this.binaries.version && last.settings === this.settings().join(' ');
    if ((same || this.files.countGuests() > 0) && (await this.answersInTime(running.pid))) return true;
    await stopPostmaster(running.pid, this.dataDir, await this.answers(running));
    if (running.socketDir) rmSync(running.socketDir, { recursive: true, force: true });
    this.address = { socketDir: '', port: 5432 };
    return false;
  }

  private async answersInTime(pid: number): Promise<boolean> {
    for (const deadline = performance.now() + ANSWER_TIMEOUT_MS; performance.now() < deadline; await sleep(50)) {
      const running = runningPostmaster(this.dataDir);
      if (running?.pid !== pid) return false;
      if (running.ready && (await this.answers(running))) return true;
    }
    return false;
  }

  private async answers(running: PidFile): Promise<boolean> {
    this.address = { socketDir: running.socketDir, port: running.port };
    const client = new pg.Client({
      connectionString: this.urlOf(OWNER_ROLE, 'postgres'),
      connectionTimeoutMillis: 3_000,
      query_timeout: 3_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Restarts take the same socket or port, so that the addresses given out stay true. */
  private async start(): Promise<void> {
    const tcp = process.platform === 'win32';
    if (!this.address.socketDir && !tcp) this.address.socketDir = socketFolder(this.user);
    if (tcp && this.address.port === 5432) this.address.port = await freePort();
    const place = tcp
      ? ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=']
      : ['-c', 'listen_addresses=', '-k', this.address.socketDir];
    try {
      await startPostmaster({
        binaries: this.binaries,
        dataDir: this.dataDir,
        logFile: this.logFile(),
        user: this.user,
        args: [...place, '-p', String(this.address.port), ...this.settings()],
      });
    } catch (error) {
      // At a restart the address was given out and the next try takes it again.
      if (!this.watch) this.removeSocketFolder();
      throw error;
    }
  }

  /** jit needs a library that is not shipped; replication is for servers that somebody administers. */
  private settings(): string[] {
    const settings = [`max_connections=${this.options.maxConnections ?? 200}`, 'jit=off', 'timezone=UTC'];
    settings.push(
      'log_timezone=UTC',
      'log_checkpoints=off',
      'io_method=sync',
      'wal_level=minimal',
      'max_wal_senders=0',
    );
    if (this.options.durable === false) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
    else settings.push('fsync=on', 'synchronous_commit=on', 'full_page_writes=on');
    return settings.flatMap((setting) => ['-c', setting]);
  }

  /** Twice a second: an owner looks after its server, a guest after the owner. */
  private async look(): Promise<void> {
    if (this.watching || this.stopped) return;
    this.watching = true;
    try {
      if (this.guest && !this.files.hasOwner()) await this.files.locked(() => this.inherit());
      else if (!this.guest) await this.tend();
    } catch (error) {
      this.options.say?.(
        `The embedded PostgreSQL could not be restarted: ${error instanceof Error ? error.message : ''}`,
      );
    } finally {
      this.watching = false;
    }
  }

  private async inherit(): Promise<void> {
    if (this.stopped || this.files.hasOwner()) return;
    if (!runningPostmaster(this.dataDir)) await this.start();
    this.claim();
  }

  private async tend(): Promise<void> {
    if (runningPostmaster(this.dataDir)) {
      this.files.touchOwner();
      return;
    }
    await this.files.locked(async () => {
      if (this.stopped || runningPostmaster(this.dataDir)) return;
      await this.start();
      this.options.say?.('The embedded PostgreSQL had died and was restarted.');
    });
  }

  private logFile(): string {
    return join(this.home, 'server.log');
  }

  private urlOf(role: string, database: string): string {
    const password = readPassword(this.home);
    if (password !== undefined) {
      return `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${this.address.port}/${database}`;
    }
    return `postgresql://${role}@localhost:${this.address.port}/${database}?host=${encodeURIComponent(this.address.socketDir)}`;
  }
}
