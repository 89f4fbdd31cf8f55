import type { StackName as CatalogueName } from '../research/research.types.js';
import type { StackName } from './brief/brief.types.js';

/** The names that decide a category; languages and protocols decide none and open nothing. */
export function decidingNames(names: readonly CatalogueName[]): StackName[] {
  return names.flatMap((name) => (name.category === null ? [] : [{ ...name, category: name.category }]));
}
