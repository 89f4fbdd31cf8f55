import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { StartupError } from '../errors/startup-error.js';

const AT_ONCE = 2;
/** Milliseconds after which a loader is no longer waited for; what it still does is not cut off. */
const DEADLINE_MS = 10_000;

export interface WarmUpReport {
  readonly name: string;
  readonly tookMs: number;
  /** Why it is not warm; undefined: it is. */
  readonly failure?: string;
}

/**
 * Loaders of what is read first, run once after the start: in the background, two at a time, so that the first callers need
 * not wait and those who come meanwhile are not crowded out. A failure costs nothing but the advantage.
 */
@Injectable()
export class WarmUp implements OnModuleDestroy {
  private readonly log = new Logger('cache');
  private readonly loaders = new Map<string, () => Promise<unknown>>();
  private running?: Promise<readonly WarmUpReport[]>;
  private stopped = false;

  constructor(private readonly clock: Clock) {}

  /**
   * Registers a loader; call it in `onModuleInit`. It reads through the cache what its first callers will read.
   * @throws StartupError for a name that is taken, and after `run`
   */
  add(name: string, load: () => Promise<unknown>): void {
    if (this.loaders.has(name)) throw new StartupError(`Two loaders warm up '${name}': give one another name.`);
    if (this.running) throw new StartupError(`The loader '${name}' came after the warm-up: add it in onModuleInit.`);
    this.loaders.set(name, load);
  }

  /** Never rejects. Called once the service listens; a second call waits for the first. */
  run(): Promise<readonly WarmUpReport[]> {
    this.running ??= this.runAll();
    return this.running;
  }

  /** What has not begun is left out, and nobody is told about loaders that lose their database. */
  onModuleDestroy(): void {
    this.stopped = true;
  }

  private async runAll(): Promise<readonly WarmUpReport[]> {
    const waiting = [...this.loaders];
    const reports: WarmUpReport[] = [];
    const work = async () => {
      for (let next = waiting.shift(); next && !this.stopped; next = waiting.shift()) {
        reports.push(await this.runOne(...next));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (reports.length > 0 && !this.stopped) this.log.log(sentence(reports));
    return reports;
  }

  private async runOne(name: string, load: () => Promise<unknown>): Promise<WarmUpReport> {
    const started = this.clock.monotonicMs();
    const failure = await withinDeadline(load).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    const tookMs = Math.round(this.clock.monotonicMs() - started);
    if (failure === undefined) return { name, tookMs };
    if (!this.stopped) this.log.warn({ err: failure }, `warming up '${name}' failed; its first caller loads it`);
    return { name, tookMs, failure: failure.message };
  }
}

async function withinDeadline(load: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
    timer.unref();
  });
  try {
    // The loader may also throw before its first await.
    await Promise.race([Promise.resolve().then(load), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `cache warmed up: criteria (12 ms), statistics (40 ms); not: catalogue` */
function sentence(reports: readonly WarmUpReport[]): string {
  const warm = reports
    .filter(({ failure }) => failure === undefined)
    .map(({ name, tookMs }) => `${name} (${tookMs} ms)`);
  const cold = reports.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
  return `cache warmed up: ${warm.join(', ') || 'nothing'}${cold.length > 0 ? `; not: ${cold.join(', ')}` : ''}`;
}
