import type { AppError, InputMistake } from '../../errors/app-error.js';
import { bulkErrors, BulkValueError } from './bulk-errors.js';
import { type BulkOperation, takesPart } from './bulk-operation.js';
import type { BulkColumn } from './bulk-table.js';
import type { Cell } from './codec.js';
import { type BulkStatement, type Cells, RowGroup, RowShape } from './row-group.js';

/** Rows that are written together or not at all. */
export interface BulkChunk {
  readonly firstRow: number;
  readonly rows: number;
  /** In the order in which they must run. */
  readonly statements: readonly BulkStatement[];
  /** Why the chunk can't be written. */
  readonly mistake?: AppError;
}

/** A chunk is closed early when its values take more: a thousand bodies of a megabyte are not one statement. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Mistakes that are told of a chunk. */
const MOST_MISTAKES = 10;
/** Rows whose columns vary without end must not be remembered without end. */
const MOST_SHAPES = 100;

/** Makes chunks of rows: checks each value, gathers rows of the same columns, and of the same key. */
export class ChunkBuilder {
  private firstRow = 0;
  private rows = 0;
  private bytes = 0;
  private groups = new Map<RowShape, RowGroup>();
  private earlier: RowGroup[] = [];
  private groupOfKey = new Map<string, RowGroup>();
  private mistakes: InputMistake[] = [];
  private wrongRows = 0;
  private readonly parts: readonly BulkColumn[];
  /** By the columns that a row names, `1` for each. */
  private readonly shapes = new Map<string, RowShape>();
  private last?: { readonly shape: RowShape; readonly names: readonly boolean[] };

  /** @param workspaceId whose rows alone may be written */
  constructor(
    private readonly operation: BulkOperation,
    private readonly workspaceId: string | undefined,
    private readonly chunkSize: number,
  ) {
    this.parts = operation.table.columns.filter((column) => takesPart(operation, column));
  }

  get isFull(): boolean {
    return this.rows >= this.chunkSize || this.bytes >= MOST_BYTES;
  }

  get isEmpty(): boolean {
    return this.rows === 0;
  }

  add(row: object): void {
    const before = this.mistakes.length;
    this.checkNames(row);
    const values = this.parts.map((column) => column.read(row));
    const shape = this.shapeOf(values);
    const cells = this.cellsOf(values);
    const key = this.keyOf(shape, cells);
    if (this.mistakes.length > before) {
      this.wrongRows++;
      this.mistakes.length = Math.min(this.mistakes.length, MOST_MISTAKES);
    } else this.put(shape, cells, key);
    this.rows++;
  }

  /** The chunk so far; the next one begins. */
  take(): BulkChunk {
    const { firstRow, rows, wrongRows } = this;
    const mistake = wrongRows > 0 ? bulkErrors.rowsInvalid(this.mistakes, wrongRows) : undefined;
    const groups = mistake === undefined ? [...this.earlier, ...this.groups.values()] : [];
    this.firstRow += rows;
    this.rows = this.bytes = this.wrongRows = 0;
    this.groups = new Map();
    this.earlier = [];
    this.groupOfKey = new Map();
    this.mistakes = [];
    if (this.shapes.size > MOST_SHAPES) this.shapes.clear();
    return { firstRow, rows, statements: groups.map((group) => group.statement()), mistake };
  }

  private checkNames(row: object): void {
    const { known, workspace, entity } = this.operation.table;
    for (const name of Object.keys(row))
      if (!known.has(name) && (row as Record<string, unknown>)[name] !== undefined)
        this.mistaken(name, `is no column of ${entity}`);
    const given = workspace?.read(row);
    if (given !== undefined && workspace !== undefined && !isSame(given, this.workspaceId))
      this.mistaken(workspace.property, 'is not the workspace of the call');
  }

  private shapeOf(values: readonly unknown[]): RowShape {
    if (this.last?.names.every((named, place) => named === (values[place] !== undefined))) return this.last.shape;
    const names = values.map((value) => value !== undefined);
    const id = names.map(Number).join('');
    const columns = this.parts.filter((_, place) => names[place]);
    const shape = this.shapes.get(id) ?? new RowShape(this.operation, columns);
    this.shapes.set(id, shape);
    this.last = { shape, names };
    return shape;
  }

  /** Of what the row names, in the order of the shape's columns. */
  private cellsOf(values: readonly unknown[]): Cells {
    const cells: (Cell | null)[] = [];
    for (const [place, value] of values.entries()) {
      const column = this.parts[place];
      if (value !== undefined && column !== undefined) cells.push(this.cellOf(column, value));
    }
    return cells;
  }

  private cellOf(column: BulkColumn, value: unknown): Cell | null {
    const { metadata, property, codec } = column;
    if (this.isForDatabase(column)) this.mistaken(property, 'is written by the database alone');
    if (value === null) {
      if (!metadata.isNullable) this.mistaken(property, 'is null, which the column may not be');
      return null;
    }
    try {
      const cell = codec.prepare(value);
      if (typeof cell === 'string' || cell instanceof Uint8Array) this.bytes += cell.length;
      return cell;
    } catch (error) {
      if (!(error instanceof BulkValueError)) throw error;
      this.mistaken(property, error.message);
      return null;
    }
  }

  private isForDatabase({ metadata }: BulkColumn): boolean {
    if (metadata.asExpression !== undefined) return true;
    return !(this.operation.kind === 'update' ? metadata.isUpdate || metadata.isPrimary : metadata.isInsert);
  }

  private keyOf(shape: RowShape, cells: Cells): string {
    const { kind, keys, table } = this.operation;
    if (shape.columns.length === 0 && keys.length === 0) this.mistaken('', `names no column of ${table.entity}`);
    if (keys.length === 0) return '';
    const key = shape.keyOf(cells);
    const names = keys.map(({ property }) => property).join(', ');
    if (key === undefined) this.mistaken('', `lacks its key (${names}) or a part of it`);
    else if (kind === 'update' && !shape.isChanging) this.mistaken('', 'names nothing that changes');
    return key ?? '';
  }

  private put(shape: RowShape, cells: Cells, key: string): void {
    if (this.operation.keys.length === 0) return this.groupOf(shape).add(cells);
    const holder = this.groupOfKey.get(key);
    // The same row again, with other columns: it must come after all that is gathered.
    if (holder !== undefined && holder !== this.groups.get(shape)) this.closeGroups();
    const group = this.groupOf(shape);
    group.put(cells, key);
    this.groupOfKey.set(key, group);
  }

  private groupOf(shape: RowShape): RowGroup {
    const group = this.groups.get(shape) ?? new RowGroup(shape);
    this.groups.set(shape, group);
    return group;
  }

  private closeGroups(): void {
    this.earlier.push(...this.groups.values());
    this.groups = new Map();
    this.groupOfKey = new Map();
  }

  private mistaken(property: string, message: string): void {
    const row = this.firstRow + this.rows;
    this.mistakes.push({ pointer: property === '' ? `/${row}` : `/${row}/${property.replaceAll('.', '/')}`, message });
  }
}

/** UUIDs are the same in either case. */
const isSame = (one: unknown, other: string | undefined) =>
  typeof one === 'string' && one.toLowerCase() === other?.toLowerCase();
