import type { Evaluator } from './evaluator.js';
import type { Piece, Value } from './values.js';

/** A path (or a method) with its alternatives. What is not text stays visible by its source, with low confidence. */
export function piecesOf(evaluator: Evaluator, value: Value): Piece[] {
  if (value.kind === 'list') return value.items.flatMap((item) => piecesOf(evaluator, item));
  const { text, confidence } = evaluator.asText(value);
  return [{ text, confidence }];
}
