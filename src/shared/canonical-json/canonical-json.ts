import { createHash } from 'node:crypto';

/**
 * One text for one value: object keys sorted by code units, no spaces, absent members left out, otherwise as
 * `JSON.stringify` writes it. The same value gives the same bytes on every machine, hence the same hash.
 * @throws TypeError for what JSON can't hold at the top (undefined, a function)
 */
export function canonicalJson(value: unknown): string {
  const text = write(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return text;
}

function write(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) as string | undefined;
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? 'null').join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const text = write((value as Record<string, unknown>)[key]);
      return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
    });
  return `{${members.join(',')}}`;
}

/** Lower-case hex SHA-256 of bytes, or of text in UTF-8. */
export function sha256Of(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 of the canonical JSON: equal for equal values, whatever the order of their members. */
export function fingerprint(value: unknown): string {
  return sha256Of(canonicalJson(value));
}
