import type { EntityManager } from 'typeorm';
import type { WorkspaceScope } from '../workspace-scope.js';

/** Whose rows are written: those of one workspace, or of a table that belongs to none (it has no `workspace_id`). */
export type BulkScope = WorkspaceScope | 'installation';

/**
 * A row as the entity's class has it. What is absent or undefined is left to the database: the default of a new row, the value
 * of a row that exists. `workspaceId` may be absent, it is the scope's.
 */
export type BulkRow<E> = { readonly [P in keyof E]?: E[P] };

/** Read once, one chunk ahead of what is being written; never held as a whole. */
export type BulkRows<E> = Iterable<BulkRow<E>> | AsyncIterable<BulkRow<E>>;

export type BulkColumns<E> = readonly (keyof E & string)[];

/** What has been done so far. Of an atomic call nothing of it is to be seen by others before its end. */
export interface BulkProgress {
  /** Rows that were dealt with, those of failed chunks included. */
  readonly done: number;
  readonly written: number;
  readonly chunks: number;
  readonly failed: number;
}

export interface BulkOptions {
  /** Most rows of a statement; BULK_INSERT_CHUNK_SIZE (insert, upsert) or BULK_UPDATE_CHUNK_SIZE (update, delete) when absent. */
  readonly chunkSize?: number;
  /**
   * True (when absent): all rows or none, in one transaction; the source of the rows must not wait for the outside then. False:
   * each chunk stands for itself, and the result says which failed.
   */
  readonly atomic?: boolean;
  /** Transaction of the caller, of which the rows become part. */
  readonly manager?: EntityManager;
  /** After each chunk. An error that it throws ends the call. */
  readonly onProgress?: (progress: BulkProgress) => void;
  /** Ends the call with the signal's reason before its next chunk, as the deadline of a request does. */
  readonly signal?: AbortSignal;
}

export interface BulkUpsertOptions<E> extends BulkOptions {
  /** Properties of the unique key, without `workspaceId`; those of the primary key when absent. */
  readonly conflict?: BulkColumns<E>;
  /** What changes in a row that exists: when absent all that its new row names but keys, nothing when empty. */
  readonly update?: BulkColumns<E>;
  /** Rows that exist are changed only where this property is not null. */
  readonly onlyWhereSet?: keyof E & string;
}

export interface BulkUpdateOptions<E> extends BulkOptions {
  /** Properties by which a row is found, without `workspaceId`; those of the primary key when absent. */
  readonly key?: BulkColumns<E>;
  /** What changes: when absent all that a row names, keys apart. */
  readonly columns?: BulkColumns<E>;
}

export interface BulkDeleteOptions<E> extends BulkOptions {
  readonly key?: BulkColumns<E>;
}

/** A chunk of which nothing was written. */
export interface FailedChunk {
  /** From 0 on. */
  readonly chunk: number;
  /** Place of its first row in the source, from 0 on, and how many rows it has. */
  readonly firstRow: number;
  readonly rows: number;
  /** AppError `bulk_rows_invalid`, which names row and property, or the database's error (its `detail` may hold values). */
  readonly error: Error;
}

export interface BulkResult {
  /** Rows that the source gave. */
  readonly rows: number;
  /** Rows that the database says it has written: what was merged, not found or left as it is does not count. */
  readonly written: number;
  readonly chunks: number;
  /** Always empty when atomic: then the first failure is thrown. */
  readonly failed: readonly FailedChunk[];
}
