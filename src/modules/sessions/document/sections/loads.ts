/** Which numbers of the brief a provider's price and limits depend on. */
import type { Category } from '../../../research/research.types.js';
import type { DerivedQuantity } from '../../derivation/derivation.types.js';

/** Words in the names of quantities that say how much a provider of the category has to take. */
const LOADS: Readonly<Partial<Record<Category, RegExp>>> = {
  payments: /^(?:peak rate|\p{L}+ of a (?:normal day|year))/u,
  'email-notification': /^(?:messages? |rate a provider)/u,
  'file-storage': /^(?:bytes |files? )/u,
  'llm-provider': /\banswers?\b|\bquestions?\b/u,
  observability: /^(?:peak )?rate λ /u,
};

const MOST = 2;

/** At most two quantities, in the order of the document; none when the brief gives none. */
export function loadsFor(category: Category, derived: readonly DerivedQuantity[]): readonly DerivedQuantity[] {
  const words = LOADS[category];
  return words === undefined ? [] : derived.filter((quantity) => words.test(quantity.name)).slice(0, MOST);
}
