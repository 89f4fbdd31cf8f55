import type { DataSource, EntityMetadata } from 'typeorm';
import { bulkErrors } from './bulk-errors.js';
import type { Codec } from './codec.js';
import { CODECS } from './codecs.js';
import { arrayForm, textForm } from './text-form.js';

type ColumnMetadata = EntityMetadata['columns'][number];

export interface BulkColumn {
  /** Where the value is in a row of the entity: `title`, or `address.street` of an embedded one. */
  readonly property: string;
  /** Quoted. */
  readonly name: string;
  readonly codec: Codec;
  /** What makes the column's type of the codec's: empty, or `::type`. */
  readonly cast: string;
  readonly metadata: ColumnMetadata;
  read(row: object): unknown;
}

/** What a bulk write has to know of an entity; names come from its metadata alone. */
export interface BulkTable {
  readonly entity: string;
  /** Quoted, with the schema if there is one. */
  readonly name: string;
  /** All but the workspace's. */
  readonly columns: readonly BulkColumn[];
  readonly primary: readonly BulkColumn[];
  /** Absent: a table of the installation. */
  readonly workspace?: BulkColumn;
  /** First names of the properties that a row may have. */
  readonly known: ReadonlySet<string>;
}

const WORKSPACE_COLUMN = 'workspace_id';

const tables = new WeakMap<EntityMetadata, BulkTable>();

/** @throws AppError `bulk_misuse` for views and for entities that share a table */
export function bulkTable(source: DataSource, metadata: EntityMetadata): BulkTable {
  const known = tables.get(metadata);
  if (known !== undefined) return known;
  const made = tableOf(source, metadata);
  tables.set(metadata, made);
  return made;
}

function tableOf(source: DataSource, metadata: EntityMetadata): BulkTable {
  if (metadata.tableType !== 'regular' || metadata.inheritancePattern !== undefined)
    throw bulkErrors.misuse(`${metadata.name} is not the only entity of a table of its own`);
  const stored = metadata.columns.filter((column) => !column.isVirtualProperty);
  const columns = stored.map((column) => columnOf(source, column));
  const workspace = columns.find((column) => column.metadata.databaseName === WORKSPACE_COLUMN);
  const own = columns.filter((column) => column !== workspace);
  const path = metadata.schema === undefined ? [metadata.tableName] : [metadata.schema, metadata.tableName];
  return {
    entity: metadata.name,
    name: path.map((part) => source.driver.escape(part)).join('.'),
    columns: own,
    primary: own.filter((column) => column.metadata.isPrimary),
    workspace,
    known: new Set(columns.map(({ property }) => property.split('.', 1)[0] ?? property)),
  };
}

function columnOf(source: DataSource, metadata: ColumnMetadata): BulkColumn {
  const type = source.driver.normalizeType(metadata);
  const isText = type === 'text' && !metadata.isArray;
  const binary = metadata.isArray || isConverted(metadata) ? undefined : CODECS.get(type);
  return {
    property: metadata.propertyPath,
    name: source.driver.escape(metadata.databaseName),
    codec: binary ?? textCodec(source, metadata, type),
    cast: binary !== undefined || isText ? '' : `::${castType(metadata, type)}`,
    metadata,
    read: readerOf(metadata),
  };
}

/** What TypeORM keeps as text of its own making. */
const isConverted = ({ type }: ColumnMetadata) => type === 'simple-array' || type === 'simple-json';

function textCodec(source: DataSource, metadata: ColumnMetadata, type: string): Codec {
  if (metadata.isArray) return arrayForm(type);
  return textForm((value) => source.driver.preparePersistentValue(value, withoutTransformer(metadata)));
}

/** The value has been through it when it is read. */
const withoutTransformer = (metadata: ColumnMetadata): ColumnMetadata =>
  metadata.transformer === undefined
    ? metadata
    : (Object.create(metadata, { transformer: { value: undefined } }) as ColumnMetadata);

/** Without its length these types mean a length of one. */
const OPEN_TYPES: ReadonlyMap<string, string> = new Map([
  ['character', 'bpchar'],
  ['bit', 'bit varying'],
]);

function castType(metadata: ColumnMetadata, type: string): string {
  const name = type === 'enum' ? enumName(metadata) : (OPEN_TYPES.get(type) ?? type);
  return metadata.isArray ? `${name}[]` : name;
}

/** As TypeORM names the type of an enum column. */
function enumName({ enumName: given, entityMetadata, databaseName }: ColumnMetadata): string {
  const name = given ?? `${entityMetadata.tableName}_${databaseName.toLowerCase()}_enum`;
  const path = entityMetadata.schema === undefined ? [name] : [entityMetadata.schema, name];
  return path.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

function readerOf(metadata: ColumnMetadata): (row: object) => unknown {
  const isDirect =
    metadata.embeddedMetadata === undefined &&
    metadata.relationMetadata === undefined &&
    metadata.referencedColumn === undefined &&
    metadata.transformer === undefined;
  if (!isDirect) return (row) => metadata.getEntityValue(row, true) as unknown;
  const name = metadata.propertyName;
  return (row) => (row as Record<string, unknown>)[name];
}
