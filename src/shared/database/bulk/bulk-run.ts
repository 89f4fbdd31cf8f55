import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
import { currentDeadline } from '../../logging/request-context.js';
import { sqlState } from '../database-errors.js';
import { retried, runInTransaction } from '../transaction.js';
import type { BulkOptions, BulkProgress, BulkResult, FailedChunk } from './bulk.types.js';
import type { BulkChunk } from './chunk-builder.js';
import { AppError } from '../../errors/app-error.js';

/** Of the rows, or of who else works on them (SQLSTATE). All else the next chunk would meet as well. */
const OF_THE_CHUNK = /^(?:21|22|23|40|44)|^(?:55P03|57014|P0001)$/;
/** A chunk is at hand and can be written again. */
const RETRIES = 2;

type Write = (chunk: BulkChunk) => Promise<number>;

/** One call from its first chunk to its last, and what has become of it so far. */
export class BulkRun {
  private rows = 0;
  private written = 0;
  private chunks = 0;
  private readonly failed: FailedChunk[] = [];

  /** @param workspaceId first parameter of each statement; undefined: of a table of the installation */
  constructor(
    private readonly source: DataSource,
    private readonly options: BulkOptions,
    private readonly workspaceId: string | undefined,
  ) {}

  result(): BulkResult {
    return { rows: this.rows, written: this.written, chunks: this.chunks, failed: this.failed };
  }

  /** In the caller's transaction. */
  within(chunks: AsyncIterable<BulkChunk>, runner: QueryRunner): Promise<void> {
    return this.each(chunks, (chunk) => this.write(chunk, runner));
  }

  /** In a transaction of its own; where one statement is all, it is one by itself. */
  async atomic(chunks: AsyncGenerator<BulkChunk, void>): Promise<void> {
    try {
      const first = await chunks.next();
      if (first.done) return;
      const second = await chunks.next();
      if (second.done && first.value.statements.length < 2)
        return await this.each(listed(first.value), (chunk) => this.alone(chunk));
      const all = second.done ? listed(first.value) : followed(first.value, second.value, chunks);
      await runInTransaction(
        this.source,
        ({ queryRunner }) => this.each(all, (chunk) => this.write(chunk, queryRunner as QueryRunner)),
        { retries: 0 },
      );
    } finally {
      await chunks.return();
    }
  }

  /** Each chunk by itself: what fails is noted, and the next one is written. */
  perChunk(chunks: AsyncIterable<BulkChunk>): Promise<void> {
    return this.each(chunks, async (chunk) => {
      try {
        return await retried(() => this.chunk(chunk), RETRIES);
      } catch (error) {
        const reason = error instanceof QueryFailedError ? (error.driverError as Error) : error;
        if (!isOfTheChunk(reason)) throw error;
        this.failed.push({ chunk: this.chunks, firstRow: chunk.firstRow, rows: chunk.rows, error: reason });
        return 0;
      }
    });
  }

  /** The next chunk is read and encoded while the one before is being written, and no further. */
  private async each(chunks: AsyncIterable<BulkChunk>, write: Write): Promise<void> {
    let running: Promise<void> = Promise.resolve();
    try {
      for await (const chunk of chunks) {
        await running;
        this.goOn();
        running = this.one(chunk, write);
        // Told where it is awaited.
        running.catch(() => undefined);
      }
    } finally {
      await running.catch(() => undefined);
    }
    await running;
  }

  private async one(chunk: BulkChunk, write: Write): Promise<void> {
    this.written += await write(chunk);
    this.rows += chunk.rows;
    this.chunks += 1;
    this.options.onProgress?.(this.progress());
  }

  private progress(): BulkProgress {
    return { done: this.rows, written: this.written, chunks: this.chunks, failed: this.failed.length };
  }

  /** @throws what the caller, or the end of the request's time, says */
  private goOn(): void {
    this.options.signal?.throwIfAborted();
    const reason = currentDeadline()?.reason;
    if (reason !== undefined) throw reason;
  }

  private async chunk(chunk: BulkChunk): Promise<number> {
    if (chunk.statements.length < 2) return this.alone(chunk);
    const work = ({ queryRunner }: { readonly queryRunner?: QueryRunner }) =>
      this.write(chunk, queryRunner as QueryRunner);
    return runInTransaction(this.source, work, { retries: 0 });
  }

  private async alone(chunk: BulkChunk): Promise<number> {
    const runner = this.source.createQueryRunner();
    try {
      return await this.write(chunk, runner);
    } finally {
      await runner.release();
    }
  }

  private async write(chunk: BulkChunk, runner: QueryRunner): Promise<number> {
    if (chunk.mistake !== undefined) throw chunk.mistake;
    let written = 0;
    for (const { sql, arrays } of chunk.statements) {
      const parameters = this.workspaceId === undefined ? [...arrays] : [this.workspaceId, ...arrays];
      const { affected } = await runner.query(sql, parameters, true);
      written += affected ?? 0;
    }
    return written;
  }
}

function isOfTheChunk(reason: unknown): reason is Error {
  if (reason instanceof AppError) return reason.code === 'bulk_rows_invalid';
  return reason instanceof Error && OF_THE_CHUNK.test(sqlState(reason) ?? '');
}

async function* listed(chunk: BulkChunk): AsyncGenerator<BulkChunk, void> {
  yield chunk;
}

async function* followed(
  first: BulkChunk,
  second: BulkChunk,
  others: AsyncGenerator<BulkChunk, void>,
): AsyncGenerator<BulkChunk, void> {
  yield first;
  yield second;
  yield* others;
}
