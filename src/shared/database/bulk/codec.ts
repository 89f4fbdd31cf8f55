import { BulkValueError } from './bulk-errors.js';

/** A value that was checked, in the form that its codec writes. */
export type Cell = string | number | bigint | boolean | Uint8Array;

/** How the values of one type travel: as elements of an array in PostgreSQL's binary format (`typreceive` of the type). */
export interface Codec {
  /** Type of the elements, and the number that PostgreSQL gave it for good (pg_type.dat). */
  readonly type: string;
  readonly oid: number;
  /** @throws BulkValueError */
  prepare(value: unknown): Cell;
  /** No fewer than `write` takes. */
  mostBytes(cell: Cell): number;
  /** @returns bytes written */
  write(buffer: Buffer, offset: number, cell: Cell): number;
  /** Equal for values that are equal in the database. */
  keyOf(cell: Cell): string;
}

/** Dimensions, whether there are nulls, type, length and lower bound: 4 bytes each. */
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;

/** One column of a chunk as one parameter: nothing is quoted, and bytes travel as they are. */
export function encodeArray(codec: Codec, cells: readonly (Cell | null)[]): Buffer {
  let most = HEADER_BYTES;
  for (const cell of cells) most += 4 + (cell === null ? 0 : codec.mostBytes(cell));
  const buffer = Buffer.allocUnsafe(most);
  for (const [place, word] of [1, 1, codec.oid, cells.length, 1].entries()) buffer.writeInt32BE(word, place * 4);
  let offset = HEADER_BYTES;
  for (const cell of cells) {
    const bytes = cell === null ? NULL_LENGTH : codec.write(buffer, offset + 4, cell);
    buffer.writeInt32BE(bytes, offset);
    offset += 4 + Math.max(bytes, 0);
  }
  return buffer.subarray(0, offset);
}

/** @throws BulkValueError when PostgreSQL has no form for the text */
export function storableText(text: string): string {
  if (text.includes('\0')) throw new BulkValueError('holds NUL, which PostgreSQL has no place for in text');
  if (!isWellFormed(text)) throw new BulkValueError('holds half a surrogate pair: cut text between characters');
  return text;
}

/** ES2024; the compiler's library is that of the oldest Node that is supported, which has it. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
