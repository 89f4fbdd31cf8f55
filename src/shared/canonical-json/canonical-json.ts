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

/** Text is put together as it is found: lists of members to join cost a document of 300 kB more than its hash does. */
function write(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) as string | undefined;
  return Array.isArray(value) ? writeList(value) : writeObject(value as Record<string, unknown>);
}

function writeList(list: readonly unknown[]): string {
  let text = '[';
  for (const item of list) text += `${text.length > 1 ? ',' : ''}${write(item) ?? 'null'}`;
  return `${text}]`;
}

function writeObject(object: Readonly<Record<string, unknown>>): string {
  let text = '{';
  for (const key of Object.keys(object).sort()) {
    const member = write(object[key]);
    if (member !== undefined) text += `${text.length > 1 ? ',' : ''}${JSON.stringify(key)}:${member}`;
  }
  return `${text}}`;
}

/** Lower-case hex SHA-256 of bytes, or of text in UTF-8. */
export function sha256Of(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 of the canonical JSON: equal for equal values, whatever the order of their members. */
export function fingerprint(value: unknown): string {
  return sha256Of(canonicalJson(value));
}
