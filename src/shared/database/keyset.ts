import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** Rows of a list, in an order that is total. */
export interface PageWindow {
  /** Against the order of the list: the rows before `after`, the nearest first. */
  readonly backwards: boolean;
  readonly limit: number;
  readonly offset?: number;
  /** Rows strictly behind this one: its values of the sort columns, as text. */
  readonly after?: readonly string[];
}

/**
 * One column of the order of a list. The last one is unique among the rows of a list, so that the order is total, and none is
 * ever null: a comparison with NULL is neither true nor false, and such a row would be on no page.
 */
export interface SortColumn {
  /** Expression in SQL, never a caller's text: names come through a constant map. */
  readonly sql: string;
  /** Type in SQL that the text of a cursor is read as: `timestamptz`, `uuid`, `text` … */
  readonly type: string;
  readonly descending?: boolean;
}

/** Puts a value among the parameters of a statement. @returns what stands for it: `$3`, `:after0` */
type Place = (value: string) => string;

/**
 * Pages of a list by the values of its last row instead of a number of rows to pass over, so that each page costs what the first
 * does ("seek method", Winand, use-the-index-luke.com/no-offset). An index on the same columns in the same order serves it.
 */
export class Keyset {
  /** Values of the sort columns of a row, as texts that lose nothing: `SELECT …, ${keyset.key} AS key`. */
  readonly key: string;

  constructor(private readonly columns: readonly SortColumn[]) {
    if (columns.length === 0) throw new Error('a list needs a column to be sorted by');
    this.key = `ARRAY[${columns.map(({ sql }) => `(${sql})::text`).join(', ')}]`;
  }

  /** What stands behind ORDER BY. */
  orderBy(backwards = false): string {
    return this.columns.map((column) => `${column.sql} ${isDescending(column, backwards) ? 'DESC' : 'ASC'}`).join(', ');
  }

  /**
   * Condition for the rows strictly behind the one with these values.
   * @param after as many as there are columns @throws Error when there are more or fewer
   */
  behind(after: readonly string[], backwards: boolean, place: Place): string {
    if (after.length !== this.columns.length)
      throw new Error(`a row of this list has ${this.columns.length} values of sort columns, not ${after.length}`);
    const parts = this.columns.map((column, at) => ({
      sql: column.sql,
      comparison: isDescending(column, backwards) ? '<' : '>',
      value: `${place(after[at] ?? '')}::${column.type}`,
    }));
    const [first] = parts;
    if (parts.every(({ comparison }) => comparison === first?.comparison)) return rowComparison(parts);
    return nested(parts);
  }

  /** The same for TypeORM's builders: order, condition and limits. The caller adds no order of its own. */
  apply<T extends ObjectLiteral>(builder: SelectQueryBuilder<T>, window: PageWindow): SelectQueryBuilder<T> {
    const { backwards, limit, offset, after } = window;
    if (after !== undefined) {
      const values: Record<string, string> = {};
      const place = (value: string) => {
        const name = `keyset${Object.keys(values).length}`;
        values[name] = value;
        return `:${name}`;
      };
      // TypeORM reads `::` after a name as a part of it, unless a bracket ends the name.
      builder.andWhere(
        this.behind(after, backwards, (value) => `(${place(value)})`),
        values,
      );
    }
    for (const column of this.columns) builder.addOrderBy(column.sql, isDescending(column, backwards) ? 'DESC' : 'ASC');
    return builder.limit(limit).offset(offset ?? 0);
  }
}

interface Part {
  readonly sql: string;
  readonly comparison: string;
  readonly value: string;
}

const isDescending = ({ descending = false }: SortColumn, backwards: boolean) => descending !== backwards;

/** All columns one way: PostgreSQL walks an index straight to the row. */
function rowComparison(parts: readonly Part[]): string {
  const list = (of: (part: Part) => string) => parts.map(of).join(', ');
  return `(${list(({ sql }) => sql)}) ${parts[0]?.comparison} (${list(({ value }) => value)})`;
}

/** Some up, some down: row comparison knows one way only. The first column bounds the part of the index that is read. */
function nested([first, ...rest]: readonly Part[]): string {
  if (first === undefined) return 'false';
  const { sql, comparison, value } = first;
  if (rest.length === 0) return `${sql} ${comparison} ${value}`;
  return `${sql} ${comparison}= ${value} AND (${sql} ${comparison} ${value} OR (${nested(rest)}))`;
}
