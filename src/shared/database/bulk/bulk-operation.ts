import { bulkErrors } from './bulk-errors.js';
import type { BulkDeleteOptions, BulkUpdateOptions, BulkUpsertOptions } from './bulk.types.js';
import type { BulkColumn, BulkTable } from './bulk-table.js';

/** What is done with each row, by columns of the entity's metadata: no text of a caller gets any further. */
export interface BulkOperation {
  readonly kind: 'insert' | 'upsert' | 'update' | 'delete';
  readonly table: BulkTable;
  /** By which a row is found; empty: rows are only added. */
  readonly keys: readonly BulkColumn[];
  /** What changes in a row that exists; undefined: all that its row names, keys and primary key apart. */
  readonly changes?: ReadonlySet<BulkColumn>;
  readonly onlyWhereSet?: BulkColumn;
}

export const insertion = (table: BulkTable): BulkOperation => ({ kind: 'insert', table, keys: [] });

export function upsertion<E>(table: BulkTable, options: BulkUpsertOptions<E>): BulkOperation {
  const keys = keysOf(table, options.conflict);
  return {
    kind: 'upsert',
    table,
    keys,
    changes: changesOf(table, keys, options.update),
    onlyWhereSet: options.onlyWhereSet === undefined ? undefined : columnsOf(table, options.onlyWhereSet)[0],
  };
}

export function update<E>(table: BulkTable, options: BulkUpdateOptions<E>): BulkOperation {
  const keys = keysOf(table, options.key);
  return { kind: 'update', table, keys, changes: changesOf(table, keys, options.columns) };
}

export const deletion = <E>(table: BulkTable, options: BulkDeleteOptions<E>): BulkOperation => ({
  kind: 'delete',
  table,
  keys: keysOf(table, options.key),
});

/** Does the operation write this column of a row that names it? */
export function takesPart(operation: BulkOperation, column: BulkColumn): boolean {
  if (operation.keys.includes(column)) return true;
  if (operation.kind === 'delete') return false;
  return operation.kind !== 'update' || changes(operation, column);
}

/** Does the column change in a row that exists? */
export function changes(operation: BulkOperation, column: BulkColumn): boolean {
  if (operation.keys.includes(column)) return false;
  return operation.changes?.has(column) ?? (column.metadata.isUpdate && !column.metadata.isPrimary);
}

function keysOf(table: BulkTable, names: readonly string[] | undefined): readonly BulkColumn[] {
  const keys = names === undefined ? table.primary : names.flatMap((name) => columnsOf(table, name));
  if (keys.length === 0) throw bulkErrors.misuse(`no key of ${table.entity} is named`);
  return keys;
}

function changesOf(
  table: BulkTable,
  keys: readonly BulkColumn[],
  names: readonly string[] | undefined,
): ReadonlySet<BulkColumn> | undefined {
  if (names === undefined) return undefined;
  const columns = names.flatMap((name) => columnsOf(table, name));
  const key = columns.find((column) => keys.includes(column));
  if (key !== undefined) throw bulkErrors.misuse(`${key.property} of ${table.entity} is the key and can't change`);
  return new Set(columns);
}

/** One, or those of an embedded object. */
function columnsOf(table: BulkTable, name: string): readonly BulkColumn[] {
  const found = table.columns.filter(({ property }) => property === name || property.startsWith(`${name}.`));
  if (found.length > 0) return found;
  const why = name === table.workspace?.property ? 'comes from the scope' : 'is no column';
  throw bulkErrors.misuse(`${name} of ${table.entity} ${why}`);
}
