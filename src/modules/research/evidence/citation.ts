import type { Citation, CitationVerdict, EvidencePiece } from '../research.types.js';
import { foldedBody, foldText, jsonOf } from './piece-contents.js';

/** What a claim speaks of; without version, any version of the package. */
export interface ClaimSubject {
  readonly name: string;
  readonly version?: string;
}

/**
 * The citation gate: whether a stored piece really holds what a claim says it holds.
 *
 * - `found`: the pointer leads to an equal value, or the quote is in the body in one stretch (NFKC, white space folded)
 * - `misattributed`: it is there, but the piece is another one, or speaks of another package or version than `subject`
 * - `stitched`: all words of the quote are there, but only as separate stretches put together
 * - `not-found`: anything else, a removed piece included
 */
export function checkCitation(
  citation: Citation,
  piece: EvidencePiece | undefined,
  subject?: ClaimSubject,
): CitationVerdict {
  if (piece === undefined) return 'not-found';
  const verdict = 'quote' in citation ? checkQuote(citation.quote, piece) : checkPointer(citation, piece);
  if (verdict !== 'found') return verdict;
  return piece.sha256 === citation.evidence && speaksOf(piece, subject) ? 'found' : 'misattributed';
}

function speaksOf(piece: EvidencePiece, subject: ClaimSubject | undefined): boolean {
  if (subject === undefined || piece.subject === undefined) return true;
  const { name, version } = piece.subject;
  return name === subject.name && (subject.version === undefined || version === subject.version);
}

// ---------- pointers ----------

function checkPointer(citation: Extract<Citation, { pointer: string }>, piece: EvidencePiece): CitationVerdict {
  const target = resolvePointer(jsonOf(piece), citation.pointer);
  return target !== undefined && target.value === citation.value ? 'found' : 'not-found';
}

/** RFC 6901 over own members only, so that `/constructor` or `/length` is never found. Undefined: there is no such place. */
export function resolvePointer(document: unknown, pointer: string): { readonly value: unknown } | undefined {
  if (document === undefined || (pointer !== '' && !pointer.startsWith('/'))) return undefined;
  let place: { readonly value: unknown } | undefined = { value: document };
  for (const token of pointer.split('/').slice(1)) {
    if (place === undefined || /~(?![01])/.test(token)) return undefined;
    place = memberOf(place.value, token.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return place;
}

function memberOf(parent: unknown, key: string): { readonly value: unknown } | undefined {
  if (typeof parent !== 'object' || parent === null) return undefined;
  if (Array.isArray(parent) && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
  return Object.hasOwn(parent, key) ? { value: (parent as Record<string, unknown>)[key] } : undefined;
}

// ---------- quotes ----------

function checkQuote(quote: string, piece: EvidencePiece): CitationVerdict {
  const wanted = foldText(quote);
  if (wanted === '') return 'not-found';
  const body = foldedBody(piece);
  if (body.includes(wanted)) return 'found';
  return isStitched(wanted, body) ? 'stitched' : 'not-found';
}

/** A stretch of fewer words than this could come from anywhere and proves no stitching. */
const MIN_STRETCH = 2;
const MAX_QUOTE_WORDS = 400;

/** Whether the quote falls into two or more stretches, each of which the body holds. NFKC has already made `…` three dots. */
function isStitched(quote: string, body: string): boolean {
  const parts = quote.split(/(?:\[\s*\.{3}\s*\]|\(\s*\.{3}\s*\)|\.{3})/).map((part) => part.trim());
  const words = parts.filter((part) => part !== '');
  if (words.length === 0) return false;
  if (words.length > 1 && words.every((part) => body.includes(part))) return true;
  return coveredByStretches(words.join(' ').split(' '), body);
}

/** Takes the longest stretch of words that the body holds, again and again; all must be long enough. */
function coveredByStretches(words: readonly string[], body: string): boolean {
  if (words.length > MAX_QUOTE_WORDS) return false;
  let from = 0;
  while (from < words.length) {
    let to = from + MIN_STRETCH;
    if (to > words.length || !body.includes(words.slice(from, to).join(' '))) return false;
    while (to < words.length && body.includes(words.slice(from, to + 1).join(' '))) to += 1;
    from = to;
  }
  return true;
}
