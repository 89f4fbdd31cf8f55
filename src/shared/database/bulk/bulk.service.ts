import { Injectable } from '@nestjs/common';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { Config } from '../../../config/config.js';
import { retried } from '../transaction.js';
import { bulkErrors } from './bulk-errors.js';
import { type BulkOperation, deletion, insertion, update, upsertion } from './bulk-operation.js';
import { BulkRun } from './bulk-run.js';
import { type BulkTable, bulkTable } from './bulk-table.js';
import type {
  BulkDeleteOptions,
  BulkOptions,
  BulkResult,
  BulkRows,
  BulkScope,
  BulkUpdateOptions,
  BulkUpsertOptions,
} from './bulk.types.js';
import { ChunkBuilder } from './chunk-builder.js';
import { chunksOf } from './chunks.js';

/** An array can be written once more after a deadlock; what is read once can't. */
const RETRIES = 2;

/**
 * Writes rows of entities in numbers, a statement for each chunk, holding one chunk at a time. A chunk is closed after `chunkSize` rows or
 * 8 MB. Every value is checked before its chunk is sent; a row of another workspace than the scope's is refused. All methods throw
 * AppError `bulk_misuse` (500) for a call that can't be meant, and when atomic `bulk_rows_invalid` (422) or the error of the
 * database. docs/database.md, "Bulk writes".
 */
@Injectable()
export class BulkService {
  constructor(
    private readonly source: DataSource,
    private readonly config: Config,
  ) {}

  /** Adds rows; one whose key exists is an error of the database. */
  async insert<E extends ObjectLiteral>(
    scope: BulkScope,
    entity: EntityTarget<E>,
    rows: BulkRows<E>,
    options: BulkOptions = {},
  ): Promise<BulkResult> {
    return this.run(scope, insertion(this.tableOf(entity)), rows, options);
  }

  /** Adds rows and changes those whose key exists. Rows of one key are written as if one after the other: the last one wins. */
  async upsert<E extends ObjectLiteral>(
    scope: BulkScope,
    entity: EntityTarget<E>,
    rows: BulkRows<E>,
    options: BulkUpsertOptions<E> = {},
  ): Promise<BulkResult> {
    return this.run(scope, upsertion(this.tableOf(entity), options), rows, options);
  }

  /** Changes rows that exist, as `upsert` does; one whose key does not is counted in `rows` and not in `written`. */
  async update<E extends ObjectLiteral>(
    scope: BulkScope,
    entity: EntityTarget<E>,
    rows: BulkRows<E>,
    options: BulkUpdateOptions<E> = {},
  ): Promise<BulkResult> {
    return this.run(scope, update(this.tableOf(entity), options), rows, options);
  }

  /** Deletes rows by their key; whatever else a row names is ignored. */
  async delete<E extends ObjectLiteral>(
    scope: BulkScope,
    entity: EntityTarget<E>,
    keys: BulkRows<E>,
    options: BulkDeleteOptions<E> = {},
  ): Promise<BulkResult> {
    return this.run(scope, deletion(this.tableOf(entity), options), keys, options);
  }

  private tableOf<E extends ObjectLiteral>(entity: EntityTarget<E>): BulkTable {
    return bulkTable(this.source, this.source.getMetadata(entity));
  }

  private async run<E>(
    scope: BulkScope,
    operation: BulkOperation,
    rows: BulkRows<E>,
    options: BulkOptions,
  ): Promise<BulkResult> {
    const workspaceId = workspaceOf(scope, operation.table);
    const chunkSize = options.chunkSize ?? this.chunkSizeOf(operation);
    if (!Number.isInteger(chunkSize) || chunkSize < 1) throw bulkErrors.misuse('a chunk has at least one row');
    const attempt = async (): Promise<BulkResult> => {
      const run = new BulkRun(this.source, options, workspaceId);
      const chunks = chunksOf(rows, new ChunkBuilder(operation, workspaceId, chunkSize));
      const runner = options.manager?.queryRunner;
      if (runner !== undefined && options.atomic === false)
        throw bulkErrors.misuse('in a transaction of the caller no chunk stands for itself');
      if (runner !== undefined) await run.within(chunks, runner);
      else if (options.atomic === false) await run.perChunk(chunks);
      else await run.atomic(chunks);
      return run.result();
    };
    const isRepeatable = Array.isArray(rows) && options.manager?.queryRunner === undefined;
    return retried(attempt, isRepeatable ? RETRIES : 0);
  }

  private chunkSizeOf({ kind }: BulkOperation): number {
    const { insertChunkSize, updateChunkSize } = this.config.bulk;
    return kind === 'insert' || kind === 'upsert' ? insertChunkSize : updateChunkSize;
  }
}

/** Undefined for a table of the installation. */
function workspaceOf(scope: BulkScope, { workspace, entity }: BulkTable): string | undefined {
  if (scope === 'installation' && workspace === undefined) return undefined;
  if (scope === 'installation') throw bulkErrors.misuse(`rows of ${entity} belong to a workspace: give its scope`);
  if (workspace === undefined) throw bulkErrors.misuse(`rows of ${entity} belong to no workspace: give 'installation'`);
  return scope.workspaceId;
}
