import type pg from 'pg';

/**
 * The schema as text, for the review in the diff: what the migrations make, read from the catalogs, sorted by name and
 * alike on PostgreSQL 15 to 18. (18 lists NOT NULL as constraints of their own; they are shown at their columns.)
 * Own tables only: the engine's schema is the engine's business.
 */
export async function dumpSchema(client: pg.Client): Promise<string> {
  const relations = await rows<Relation>(client, RELATIONS);
  const columns = await rows<Column>(client, COLUMNS);
  const details = [
    ...(await rows<Detail>(client, CONSTRAINTS)),
    ...(await rows<Detail>(client, INDEXES)),
    ...(await rows<Detail>(client, TRIGGERS)),
  ];
  const tables = relations.map((relation) =>
    [
      tableText(
        relation,
        columns.filter((column) => column.table === relation.name),
      ),
      ...details.filter((detail) => detail.table === relation.name).map((detail) => `${detail.text};`),
    ].join('\n'),
  );
  const others = [...(await rows<Detail>(client, TYPES)), ...(await rows<Detail>(client, FUNCTIONS))];
  return `${[HEAD, ...others.map(({ text }) => `${text};`), ...tables].join('\n\n')}\n`;
}

const HEAD = `-- What the migrations make, for reading. Written by the schema spec (UPDATE_SCHEMA=1), never run.`;

interface Relation {
  readonly name: string;
  readonly kind: 'r' | 'p' | 'v' | 'm';
  readonly partition: string | null;
  readonly parent: string | null;
  readonly bound: string | null;
  readonly view: string | null;
}

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly value: string | null;
  readonly generated: boolean;
  readonly identity: string;
}

interface Detail {
  readonly table: string;
  readonly text: string;
}

function tableText(relation: Relation, columns: readonly Column[]): string {
  if (relation.kind === 'v') return `CREATE VIEW ${relation.name} AS\n${relation.view ?? ''}`;
  if (relation.kind === 'm') return `CREATE MATERIALIZED VIEW ${relation.name} AS\n${relation.view ?? ''}`;
  if (relation.parent !== null) {
    return `CREATE TABLE ${relation.name} PARTITION OF ${relation.parent} ${relation.bound ?? ''};`;
  }
  const partition = relation.partition === null ? '' : ` PARTITION BY ${relation.partition}`;
  return `CREATE TABLE ${relation.name} (\n${columns.map(columnText).join(',\n')}\n)${partition};`;
}

function columnText(column: Column): string {
  const parts = [`  ${column.name} ${column.type}`];
  if (column.identity !== '') parts.push(`GENERATED ${column.identity === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`);
  if (column.value !== null)
    parts.push(column.generated ? `GENERATED ALWAYS AS (${column.value}) STORED` : `DEFAULT ${column.value}`);
  if (column.notNull) parts.push('NOT NULL');
  return parts.join(' ');
}

async function rows<T>(client: pg.Client, sql: string): Promise<readonly T[]> {
  return (await client.query(sql)).rows as T[];
}

/** Partitions of a month come and go with the calendar. */
const OF_A_MONTH = String.raw`_\d{4}_\d{2}$`;

/** Of the schema public and not of an extension; `COLLATE "C"` sorts alike whatever the database's locale. */
const ours = (catalog: string, oid: string, namespace: string): string =>
  `${namespace} = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

const RELATIONS = `
  SELECT c.relname AS name, c.relkind AS kind, pg_get_partkeydef(c.oid) AS partition, p.relname AS parent,
         pg_get_expr(c.relpartbound, c.oid) AS bound,
         CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid, true) END AS view
    FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
   WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relname !~ '${OF_A_MONTH}'
     AND ${ours('pg_class', 'c.oid', 'c.relnamespace')}
   ORDER BY c.relname COLLATE "C"`;

const COLUMNS = `
  SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "notNull",
         pg_get_expr(d.adbin, d.adrelid) AS value, a.attgenerated <> '' AS generated, a.attidentity AS identity
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND ${ours('pg_class', 'c.oid', 'c.relnamespace')}
   ORDER BY c.relname COLLATE "C", a.attnum`;

/** Primary keys first, then unique, foreign, check and exclusion; those inherited by a partition are its parent's. */
const CONSTRAINTS = `
  SELECT c.relname AS table, format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) AS text
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
   WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.coninhcount = 0 AND k.conparentid = 0
     AND ${ours('pg_class', 'c.oid', 'c.relnamespace')}
   ORDER BY c.relname COLLATE "C", position(k.contype::text IN 'pufcx'), k.conname COLLATE "C"`;

/** Those that belong to a constraint are made by it, those of a partition by its parent's. */
const INDEXES = `
  SELECT c.relname AS table, pg_get_indexdef(x.indexrelid) AS text
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
   WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
     AND NOT i.relispartition AND ${ours('pg_class', 'c.oid', 'c.relnamespace')}
   ORDER BY c.relname COLLATE "C", i.relname COLLATE "C"`;

const TRIGGERS = `
  SELECT c.relname AS table, pg_get_triggerdef(t.oid) AS text
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
   WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND ${ours('pg_class', 'c.oid', 'c.relnamespace')}
   ORDER BY c.relname COLLATE "C", t.tgname COLLATE "C"`;

const TYPES = `
  SELECT '' AS table, format('CREATE TYPE %I AS ENUM (%s)', t.typname,
         (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)) AS text
    FROM pg_type t WHERE t.typtype = 'e' AND ${ours('pg_type', 't.oid', 't.typnamespace')}
   ORDER BY t.typname COLLATE "C"`;

const FUNCTIONS = `
  SELECT '' AS table, pg_get_functiondef(f.oid) AS text
    FROM pg_proc f WHERE f.prokind IN ('f', 'p') AND ${ours('pg_proc', 'f.oid', 'f.pronamespace')}
   ORDER BY f.proname COLLATE "C", pg_get_function_identity_arguments(f.oid) COLLATE "C"`;
