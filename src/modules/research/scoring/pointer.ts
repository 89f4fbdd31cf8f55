import type { Citation, Sha256 } from '../research.types.js';

/** One step of a JSON pointer (RFC 6901): `~` becomes `~0`, `/` becomes `~1`. */
export const escapeStep = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');

const unescapeStep = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

/** The value at a JSON pointer, or undefined. Own keys only: `/constructor` is not a fact. */
export function resolvePointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  let current = document;
  for (const step of pointer.split('/').slice(1).map(unescapeStep)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string, unknown>)[step];
  }
  return current;
}

/**
 * A citation of the value at a pointer. A citation holds a scalar, so a pointer to an object is lengthened to its first
 * scalar leaf in the order of sorted keys (`/exports/.~1validator` → `/exports/.~1validator/import`).
 */
export function cite(document: unknown, evidence: Sha256, pointer: string): Citation | undefined {
  const value = resolvePointer(document, pointer);
  if (value === undefined) return undefined;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { evidence, pointer, value };
  for (const key of Object.keys(value as object).sort()) {
    const deeper = cite(document, evidence, `${pointer}/${escapeStep(key)}`);
    if (deeper) return deeper;
  }
  return undefined;
}
