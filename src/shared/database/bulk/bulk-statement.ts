import { type BulkOperation, changes } from './bulk-operation.js';
import type { BulkColumn } from './bulk-table.js';

/** One statement for any number of rows: a parameter for each column, after that of the workspace. */
export function statementOf(operation: BulkOperation, columns: readonly BulkColumn[]): string {
  const { kind } = operation;
  if (kind === 'update') return updateOf(operation, columns);
  if (kind === 'delete') return `DELETE FROM ${operation.table.name} AS stored USING ${found(operation, columns)}`;
  const insert = insertOf(operation, columns);
  return kind === 'upsert' ? `${insert} ON CONFLICT ${conflictOf(operation, columns)}` : insert;
}

/** Set-returning functions side by side, not in FROM: there each array would be written to a store of its own first. */
function insertOf({ table }: BulkOperation, columns: readonly BulkColumn[]): string {
  const { workspace } = table;
  const first = workspace === undefined ? 1 : 2;
  const names = columns.map(({ name }) => name);
  const values = columns.map(({ codec, cast }, place) => `unnest($${place + first}::${codec.type}[])${cast}`);
  if (workspace !== undefined) {
    names.unshift(workspace.name);
    values.unshift('$1::uuid');
  }
  return `INSERT INTO ${table.name} AS stored (${names.join(', ')}) SELECT ${values.join(', ')}`;
}

function conflictOf(operation: BulkOperation, columns: readonly BulkColumn[]): string {
  const { keys, table, onlyWhereSet } = operation;
  const target = [...(table.workspace === undefined ? [] : [table.workspace]), ...keys].map(({ name }) => name);
  const assigned = columns
    .filter((column) => changes(operation, column))
    .map(({ name }) => `${name} = EXCLUDED.${name}`);
  if (assigned.length === 0) return `(${target.join(', ')}) DO NOTHING`;
  const where = onlyWhereSet === undefined ? '' : ` WHERE stored.${onlyWhereSet.name} IS NOT NULL`;
  return `(${target.join(', ')}) DO UPDATE SET ${[...assigned, ...ownChanges(operation, columns)].join(', ')}${where}`;
}

function updateOf(operation: BulkOperation, columns: readonly BulkColumn[]): string {
  const assigned = columns.flatMap((column, place) =>
    changes(operation, column) ? [`${column.name} = given.c${place}`] : [],
  );
  const all = [...assigned, ...ownChanges(operation, columns)].join(', ');
  return `UPDATE ${operation.table.name} AS stored SET ${all} FROM ${found(operation, columns)}`;
}

/** What TypeORM changes by itself with each update: its version, the time of its last change. */
function ownChanges({ table }: BulkOperation, columns: readonly BulkColumn[]): string[] {
  const silent = table.columns.filter((column) => !columns.includes(column));
  return [
    ...silent.filter(({ metadata }) => metadata.isVersion).map(({ name }) => `${name} = stored.${name} + 1`),
    ...silent.filter(({ metadata }) => metadata.isUpdateDate).map(({ name }) => `${name} = CURRENT_TIMESTAMP`),
  ];
}

/** The given rows beside those that are stored, joined by the whole key. */
function found({ table, keys }: BulkOperation, columns: readonly BulkColumn[]): string {
  const first = table.workspace === undefined ? 1 : 2;
  const lists = columns.map(
    ({ codec, cast }, place) => `unnest($${place + first}::${codec.type}[])${cast} AS c${place}`,
  );
  const joined = keys.map((key) => `stored.${key.name} = given.c${columns.indexOf(key)}`);
  if (table.workspace !== undefined) joined.unshift(`stored.${table.workspace.name} = $1::uuid`);
  return `(SELECT ${lists.join(', ')}) AS given WHERE ${joined.join(' AND ')}`;
}
