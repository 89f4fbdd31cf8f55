import type { EvidencePiece } from '../research.types.js';

/** Contents are looked at many times in one document; a piece never changes, so each form is made once and lives as long. */
const folded = new WeakMap<EvidencePiece, string>();
const parsed = new WeakMap<EvidencePiece, { readonly value: unknown }>();

/** NFKC with every run of white space as one space: what a reader would call the same words. */
export function foldText(text: string): string {
  return text.normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/** The body as `foldText` gives it. */
export function foldedBody(piece: EvidencePiece): string {
  const known = folded.get(piece);
  if (known !== undefined) return known;
  const text = foldText(piece.body);
  folded.set(piece, text);
  return text;
}

/** The body as JSON, undefined when it is none. One value for all who ask: it must not be changed. */
export function jsonOf(piece: EvidencePiece): unknown {
  const known = parsed.get(piece);
  if (known !== undefined) return known.value;
  const value = parseOrUndefined(piece.body);
  parsed.set(piece, { value });
  return value;
}

function parseOrUndefined(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
