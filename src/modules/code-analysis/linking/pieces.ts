import type { Evaluator } from './evaluator.js';
import type { Piece, Value } from './values.js';

/** A prefix of a mount: a handler in its place (`app.use(cors, router)`) is none. */
export function prefixOf(evaluator: Evaluator, value: Value): Piece[] {
  if (value.kind === 'list') return value.items.flatMap((item) => prefixOf(evaluator, item));
  const isText =
    value.kind === 'text' || value.kind === 'record' || (value.kind === 'unknown' && value.source !== 'call');
  return isText ? piecesOf(evaluator, value) : [];
}

/** A path (or a method) with its alternatives. What is not text stays visible by its source, with low confidence. */
export function piecesOf(evaluator: Evaluator, value: Value): Piece[] {
  if (value.kind === 'record') return piecesOf(evaluator, evaluator.member(value, 'path'));
  if (value.kind === 'list') return value.items.flatMap((item) => piecesOf(evaluator, item));
  if (value.kind === 'unknown' && value.source === '') return [];
  const { text, confidence } = evaluator.asText(value);
  return [{ text, confidence }];
}
