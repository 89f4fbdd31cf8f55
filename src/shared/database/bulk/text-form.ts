import { isDate, isUint8Array } from 'node:util/types';
import { BulkValueError } from './bulk-errors.js';
import { type Codec, storableText } from './codec.js';
import { CODECS, TEXT } from './codecs.js';

/** Values of the driver that know their own text, such as intervals. */
interface SelfWriting {
  toPostgres(): unknown;
}

/**
 * For types without a binary form here: each value as the text that the type's input function reads.
 *
 * @param convert what TypeORM makes of a value of the column (dates, points, hstore …)
 */
export const textForm = (convert: (value: unknown) => unknown): Codec => ({
  ...TEXT,
  prepare: (value) => storableText(wordOf(convert(value))),
});

/**
 * Columns that are arrays: an array of arrays would come apart in unnest, so each value is one literal.
 *
 * @param type of the elements, as in CODECS
 */
export const arrayForm = (type: string): Codec => ({
  ...TEXT,
  prepare: (value) => {
    if (!Array.isArray(value)) throw new BulkValueError('is no array');
    return storableText(literalOf(value, isJson(type) ? jsonOf(type) : wordOf));
  },
});

const isJson = (type: string) => type === 'json' || type === 'jsonb';

/** With the check of what jsonb can't hold. */
const jsonOf = (type: string) => (value: unknown) => CODECS.get(type)?.prepare(value) as string;

function literalOf(values: readonly unknown[], write: (value: unknown) => string): string {
  const parts = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value)) return literalOf(value, write);
    return `"${write(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${parts.join(',')}}`;
}

function wordOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (isDate(value) && !Number.isNaN(value.getTime())) return value.toISOString();
  if (isUint8Array(value)) return `\\x${Buffer.from(value).toString('hex')}`;
  if (isSelfWriting(value)) return String(value.toPostgres());
  throw new BulkValueError(`is ${value === null ? 'null' : `a value of type ${typeof value}`}, which has no text here`);
}

const isSelfWriting = (value: unknown): value is SelfWriting =>
  typeof value === 'object' && value !== null && 'toPostgres' in value && typeof value.toPostgres === 'function';
