/** Section 2: each need is cited from the stored brief, by quote where its bytes stand there, else by pointer and value. */
import type { Citation } from '../../../research/research.types.js';
import type { Need } from '../../brief/brief.types.js';
import type { Writing } from '../writing/writing.js';

export function claimNeeds({ input, book }: Writing): void {
  for (const need of input.read.needs) {
    for (const citation of citationsOf(need, input.briefEvidence.body, input.briefEvidence.sha256)) {
      book.claim('2', `${need.id} stands in the brief`, citation);
    }
  }
}

/**
 * The stored brief is JSON, where a quotation mark or a line break is escaped: such a need, and one whose text the reader joined
 * from a list, is cited by the pointer of its field with the whole value.
 */
export function citationsOf(need: Need, briefBody: string, evidence: string): Citation[] {
  if (briefBody.includes(need.text)) return [{ evidence, quote: need.text }];
  const found = valueAt(briefBody, need.pointer);
  if (isScalar(found)) return [{ evidence, pointer: need.pointer, value: found }];
  if (typeof found !== 'object' || found === null) return [];
  return Object.entries(found).flatMap(([key, value]: [string, unknown]) =>
    isScalar(value)
      ? [{ evidence, pointer: `${need.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, value }]
      : [],
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** RFC 6901 over JSON text; undefined when the text is no JSON or the pointer leads nowhere. */
export function valueAt(body: string, pointer: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
