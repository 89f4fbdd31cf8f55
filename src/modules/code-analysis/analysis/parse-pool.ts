import { Worker } from 'node:worker_threads';
import type { Parsed, Parser } from './parser.types.js';

export interface PoolLimits {
  readonly threads: number;
  /** After this many milliseconds a file is given up and its thread replaced. */
  readonly fileMs: number;
  /** Heap of one thread in MB; a thread that needs more is replaced and its file given up. */
  readonly heapMb: number;
}

export const POOL_LIMITS: PoolLimits = { threads: 1, fileMs: 5000, heapMb: 256 };

/** The native parser recurses on the stack of its thread: 64 MB carry ten times what `parse-javascript` lets through. */
const STACK_MB = 64;

interface Job {
  readonly path: string;
  readonly text: string;
  readonly done: (parsed: Parsed) => void;
}

/**
 * Threads that parse, so that a file can neither hold up the event loop nor take the process down. A thread has one file at a
 * time; it is started when it is first needed and kept until `close`.
 */
export class ParsePool implements Parser {
  private readonly waiting: Job[] = [];
  private readonly idle: PoolThread[] = [];
  private readonly threads = new Set<PoolThread>();

  /** @param script path of the compiled parse-worker.js */
  constructor(
    private readonly script: string,
    private readonly limits: PoolLimits = POOL_LIMITS,
  ) {}

  parse(path: string, text: string): Promise<Parsed> {
    return new Promise((done) => {
      this.waiting.push({ path, text, done });
      this.next();
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.stop()));
    this.threads.clear();
    this.idle.length = 0;
  }

  private next(): void {
    if (!this.waiting.length) return;
    const thread = this.idle.pop() ?? this.added();
    const job = thread && this.waiting.shift();
    if (!thread || !job) return;
    void thread.run(job.path, job.text, this.limits.fileMs).then(({ parsed, alive }) => {
      if (alive) this.idle.push(thread);
      else this.threads.delete(thread);
      job.done(parsed);
      this.next();
    });
  }

  private added(): PoolThread | undefined {
    if (this.threads.size >= this.limits.threads) return undefined;
    const thread = new PoolThread(this.script, this.limits.heapMb);
    this.threads.add(thread);
    return thread;
  }
}

class PoolThread {
  private readonly worker: Worker;
  private ended: ((parsed: Parsed, alive: boolean) => void) | undefined;
  /** Its scripts are loaded: only then the time of a file runs. */
  private readonly ready: Promise<void>;
  private gone = false;

  constructor(script: string, heapMb: number) {
    this.worker = new Worker(script, {
      resourceLimits: { maxOldGenerationSizeMb: heapMb, stackSizeMb: STACK_MB },
      stderr: true,
    });
    this.worker.unref();
    this.ready = new Promise((done) => {
      this.worker.once('message', () => done());
      this.worker.once('error', () => done());
      this.worker.once('exit', () => done());
    });
    this.worker.on('message', (parsed: Parsed) => this.ended?.(parsed, true));
    this.worker.on('error', (error) => this.ended?.({ skipped: `the parser failed: ${messageOf(error)}` }, false));
    this.worker.on('exit', () => {
      this.gone = true;
      this.ended?.({ skipped: 'the parser’s thread ended' }, false);
    });
  }

  /** The thread is dead after a timeout or an error. */
  async run(path: string, text: string, fileMs: number): Promise<{ parsed: Parsed; alive: boolean }> {
    this.worker.ref();
    await this.ready;
    return new Promise((done) => {
      const end = (parsed: Parsed, alive: boolean) => {
        clearTimeout(timer);
        this.ended = undefined;
        this.worker.unref();
        if (!alive) void this.worker.terminate();
        done({ parsed, alive });
      };
      const timer = setTimeout(() => end({ skipped: `not parsed within ${fileMs} ms` }, false), fileMs);
      this.ended = end;
      if (this.gone) end({ skipped: 'the parser’s thread did not start' }, false);
      this.worker.postMessage({ path, text });
    });
  }

  async stop(): Promise<void> {
    this.ended?.({ skipped: 'the analysis was stopped' }, false);
    await this.worker.terminate();
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message.slice(0, 160) : String(error));
