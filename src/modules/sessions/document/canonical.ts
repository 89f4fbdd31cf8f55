/** One byte form for one value, so that equal documents have equal hashes on every machine. */
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../research/research.types.js';

/** Order by UTF-16 code units; never a locale's order, which differs between machines. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ids such as `N2`, `R-010`, `G-11` by letters, then by number. */
export function compareIds(a: string, b: string): number {
  const [left, right] = [idParts(a), idParts(b)];
  return compareText(left.letters, right.letters) || left.number - right.number || compareText(a, b);
}

function idParts(id: string): { readonly letters: string; readonly number: number } {
  const match = /^(\D*)(\d*)/.exec(id);
  return { letters: match?.[1] ?? '', number: Number(match?.[2] ?? 0) };
}

/** JSON with sorted keys and no spaces; `undefined` members are left out, as in JSON.stringify. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => compareText(a, b)));
  });
}

/** Lower-case hex SHA-256 of the UTF-8 bytes. */
export function sha256Of(text: string): Sha256 {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
