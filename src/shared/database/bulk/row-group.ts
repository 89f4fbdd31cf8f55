import { type BulkOperation, changes } from './bulk-operation.js';
import { statementOf } from './bulk-statement.js';
import type { BulkColumn } from './bulk-table.js';
import { type Cell, encodeArray } from './codec.js';

export type Cells = readonly (Cell | null)[];

export interface BulkStatement {
  readonly sql: string;
  /** The workspace apart: one array for each column. */
  readonly arrays: readonly Buffer[];
}

/** Columns that rows have in common. */
export class RowShape {
  readonly isChanging: boolean;
  private readonly changing: readonly boolean[];
  private readonly keyPlaces: readonly number[];
  private text?: string;

  constructor(
    private readonly operation: BulkOperation,
    readonly columns: readonly BulkColumn[],
  ) {
    this.changing = columns.map((column) => changes(operation, column));
    this.isChanging = this.changing.includes(true);
    this.keyPlaces = operation.keys.map((key) => columns.indexOf(key));
  }

  get sql(): string {
    return (this.text ??= statementOf(this.operation, this.columns));
  }

  /** Does the column change in a row that exists? */
  changesAt(place: number): boolean {
    return this.changing[place] ?? false;
  }

  /** No text holds NUL, so it stands between the parts. Undefined: a part is missing or null. */
  keyOf(cells: Cells): string | undefined {
    let key: string | undefined;
    for (const place of this.keyPlaces) {
      const cell = cells[place] ?? null;
      if (cell === null) return undefined;
      const part = this.columns[place]?.codec.keyOf(cell) ?? '';
      key = key === undefined ? part : `${key}\0${part}`;
    }
    return key ?? '';
  }
}

/** Rows of one shape, column by column: what one statement writes. */
export class RowGroup {
  private readonly cells: (Cell | null)[][];
  private readonly keys: string[] = [];
  private readonly places = new Map<string, number>();

  constructor(private readonly shape: RowShape) {
    this.cells = shape.columns.map(() => []);
  }

  /** A row that is only added. */
  add(row: Cells): void {
    for (const [place, cells] of this.cells.entries()) cells.push(row[place] ?? null);
  }

  /** One of a key that was there before changes it, as if it were written after that: only what changes in a row that exists. */
  put(row: Cells, key: string): void {
    const at = this.places.get(key);
    if (at === undefined) {
      this.places.set(key, this.keys.length);
      this.keys.push(key);
      this.add(row);
    } else
      for (const [place, cells] of this.cells.entries())
        if (this.shape.changesAt(place)) cells[at] = row[place] ?? null;
  }

  /** In the order of keys: of two who write the same rows, a statement each, one waits and neither is a victim. */
  statement(): BulkStatement {
    const order = isAscending(this.keys) ? undefined : ascending(this.keys);
    const arrays = this.shape.columns.map(({ codec }, place) => {
      const cells = this.cells[place] ?? [];
      return encodeArray(codec, order === undefined ? cells : order.map((row) => cells[row] ?? null));
    });
    return { sql: this.shape.sql, arrays };
  }
}

const isAscending = (keys: readonly string[]) =>
  keys.every((key, place) => place === 0 || (keys[place - 1] ?? '') <= key);

function ascending(keys: readonly string[]): readonly number[] {
  const places = keys.map((_, place) => place);
  return places.sort((one, other) => ((keys[one] ?? '') < (keys[other] ?? '') ? -1 : 1));
}
