import { isDate } from 'node:util/types';
import { BulkValueError } from './bulk-errors.js';
import { type Cell, type Codec, storableText } from './codec.js';

/** Below this a text's bytes are not counted before it is written: room for the most costs less. */
const SHORT = 64;
const textBytes = (text: string) => (text.length < SHORT ? text.length * 3 : Buffer.byteLength(text));

const refuse = (problem: string): never => {
  throw new BulkValueError(problem);
};

export const TEXT: Codec = {
  type: 'text',
  oid: 25,
  prepare: (value) => (typeof value === 'string' ? storableText(value) : refuse('is no text')),
  mostBytes: (cell) => textBytes(cell as string),
  write: (buffer, offset, cell) => buffer.write(cell as string, offset),
  keyOf: (cell) => cell as string,
};

const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const UUID: Codec = {
  type: 'uuid',
  oid: 2950,
  prepare: (value) =>
    typeof value === 'string' && UUID_FORM.test(value)
      ? value.replaceAll('-', '').toLowerCase()
      : refuse('is no UUID of 36 characters'),
  mostBytes: () => 16,
  write: (buffer, offset, cell) => buffer.write(cell as string, offset, 'hex'),
  keyOf: (cell) => cell as string,
};

const BYTES: Codec = {
  type: 'bytea',
  oid: 17,
  prepare: (value) => (value instanceof Uint8Array ? value : refuse('is no Buffer or Uint8Array')),
  mostBytes: (cell) => (cell as Uint8Array).length,
  write: (buffer, offset, cell) => {
    buffer.set(cell as Uint8Array, offset);
    return (cell as Uint8Array).length;
  },
  keyOf: (cell) => Buffer.from(cell as Uint8Array).toString('hex'),
};

const BOOLEAN: Codec = {
  type: 'boolean',
  oid: 16,
  prepare: (value) => (typeof value === 'boolean' ? value : refuse('is neither true nor false')),
  mostBytes: () => 1,
  write: (buffer, offset, cell) => buffer.writeUInt8(cell ? 1 : 0, offset) - offset,
  keyOf: String,
};

/** @param bits 16 or 32 */
function wholeNumber(type: string, oid: number, bits: 16 | 32): Codec {
  const most = 2 ** (bits - 1);
  return {
    type,
    oid,
    prepare: (value) => {
      const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isInteger(number)) return refuse('is no whole number');
      return number >= -most && number < most ? number : refuse(`is outside of ${type}`);
    },
    mostBytes: () => bits / 8,
    write: (buffer, offset, cell) =>
      (bits === 16 ? buffer.writeInt16BE(cell as number, offset) : buffer.writeInt32BE(cell as number, offset)) -
      offset,
    keyOf: String,
  };
}

const LEAST_BIGINT = -(2n ** 63n);
const MOST_BIGINT = 2n ** 63n - 1n;

const BIGINT: Codec = {
  type: 'bigint',
  oid: 20,
  prepare: (value) => {
    const whole = typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : value;
    if (typeof whole === 'number')
      return Number.isSafeInteger(whole) ? whole : refuse('is no safe whole number: give a bigint or its digits');
    if (typeof whole !== 'bigint') return refuse('is no whole number');
    return whole >= LEAST_BIGINT && whole <= MOST_BIGINT ? whole : refuse('is outside of bigint');
  },
  mostBytes: () => 8,
  write: writeWord,
  keyOf: String,
};

function floating(type: string, oid: number, bytes: 4 | 8): Codec {
  return {
    type,
    oid,
    prepare: (value) => {
      if (typeof value !== 'number') return refuse('is no number');
      // Rounded to 4 bytes it would become infinite, which nobody said.
      const isLost = bytes === 4 && Number.isFinite(value) && !Number.isFinite(Math.fround(value));
      return isLost ? refuse('is outside of real') : value;
    },
    mostBytes: () => bytes,
    write: (buffer, offset, cell) =>
      (bytes === 4 ? buffer.writeFloatBE(cell as number, offset) : buffer.writeDoubleBE(cell as number, offset)) -
      offset,
    keyOf: String,
  };
}

const EPOCH_MS = Date.UTC(2000, 0, 1);
/** Midnight of 24 November 4714 BC, where PostgreSQL's time begins; it ends after JavaScript's. */
const EARLIEST_MS = -210_866_803_200_000;
/** Digits behind the third, which a Date has no place for. */
const MICROSECONDS = /\.\d{3}(\d{1,3})/;

/** @param shown milliseconds to add, so that the column holds what it is to hold */
function moment(type: string, oid: number, shown: (at: Date) => number): Codec {
  return {
    type,
    oid,
    prepare: (value) => {
      if (value === Infinity) return MOST_BIGINT;
      if (value === -Infinity) return LEAST_BIGINT;
      const at = typeof value === 'string' ? new Date(value) : value;
      if (!isDate(at) || Number.isNaN(at.getTime())) return refuse('is no time');
      if (at.getTime() < EARLIEST_MS) return refuse('is before the time that PostgreSQL knows');
      const more = typeof value === 'string' ? (MICROSECONDS.exec(value)?.[1] ?? '').padEnd(3, '0') : '0';
      return microseconds(at.getTime() + shown(at) - EPOCH_MS, Number(more));
    },
    mostBytes: () => 8,
    write: writeWord,
    keyOf: String,
  };
}

/** A number as long as that is exact: a bigint costs ten times as much. */
function microseconds(milliseconds: number, more: number): number | bigint {
  const micros = milliseconds * 1000 + more;
  return Number.isSafeInteger(micros) ? micros : BigInt(milliseconds) * 1000n + BigInt(more);
}

/** Eight bytes, the highest first. */
function writeWord(buffer: Buffer, offset: number, cell: Cell): number {
  if (typeof cell === 'bigint') return buffer.writeBigInt64BE(cell, offset) - offset;
  const high = Math.floor((cell as number) / 2 ** 32);
  buffer.writeInt32BE(high, offset);
  return buffer.writeUInt32BE((cell as number) - high * 2 ** 32, offset + 4) - offset;
}

const jsonText = (value: unknown): string => {
  try {
    const text: string | undefined = JSON.stringify(value);
    return text ?? refuse('has no JSON');
  } catch (error) {
    return refuse(`has no JSON (${(error as Error).message.split('\n')[0]})`);
  }
};

const JSON_TEXT: Codec = { ...TEXT, type: 'json', oid: 114, prepare: jsonText };

/** Version of jsonb's binary format, before the text. */
const JSONB_VERSION = 1;

const JSONB: Codec = {
  type: 'jsonb',
  oid: 3802,
  prepare: (value) => storableJson(jsonText(value)),
  mostBytes: (cell) => 1 + textBytes(cell as string),
  write: (buffer, offset, cell) => {
    buffer.writeUInt8(JSONB_VERSION, offset);
    return 1 + buffer.write(cell as string, offset + 1);
  },
  keyOf: (cell) => cell as string,
};

/** JSON.stringify writes NUL and half pairs, and no other character above 1F, as `\u` and lower-case digits. */
function storableJson(text: string): string {
  for (let at = text.indexOf('\\u'); at >= 0; at = text.indexOf('\\u', at + 2)) {
    if (isEscaped(text, at)) continue;
    const digits = text.slice(at + 2, at + 6);
    if (digits === '0000') return refuse('holds NUL, which PostgreSQL has no place for in jsonb');
    if (digits.startsWith('d')) return refuse('holds half a surrogate pair: cut text between characters');
  }
  return text;
}

/** Is the backslash at `at` the second of a pair? */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') before--;
  return (at - before) % 2 === 1;
}

/** By the names that TypeORM gives types of PostgreSQL after `normalizeType`. What is not here travels as text and is cast. */
export const CODECS: ReadonlyMap<string, Codec> = new Map([
  ['text', TEXT],
  ['character varying', TEXT],
  ['uuid', UUID],
  ['bytea', BYTES],
  ['boolean', BOOLEAN],
  ['smallint', wholeNumber('smallint', 21, 16)],
  ['integer', wholeNumber('integer', 23, 32)],
  ['bigint', BIGINT],
  ['real', floating('real', 700, 4)],
  ['double precision', floating('double precision', 701, 8)],
  ['timestamp with time zone', moment('timestamptz', 1184, () => 0)],
  // As the driver reads and writes it: what a clock on the wall of this process shows.
  ['timestamp without time zone', moment('timestamp', 1114, (at) => -at.getTimezoneOffset() * 60_000)],
  ['json', JSON_TEXT],
  ['jsonb', JSONB],
]);
