/** Options made of bare values, for the specs of the comparison. */
import type { Comparison, ScoredOption } from '../comparison.types.js';
import type { Candidate, ConstraintState, CriterionId, CriterionValue, ResearchedOption } from '../research.types.js';

export type Values = Partial<Record<CriterionId, number | [number, number]>>;

export const SEED = 0x83c65e74;
const candidate = (slug: string): Candidate => ({
  id: `queue-jobs/${slug}`,
  category: 'queue-jobs',
  ecosystem: 'javascript',
  label: slug,
  kind: 'package',
  package: slug,
  names: [slug],
  needsServers: [],
  companions: [],
  notes: [],
});

export function option(slug: string, values: Values, h1: ConstraintState = 'pass'): ResearchedOption {
  const interval = (value: number | [number, number]) => (typeof value === 'number' ? [value, value] : value);
  return {
    candidate: candidate(slug),
    constraints: [{ id: 'H1', state: h1, shown: '', citations: [] }],
    values: Object.entries(values).map(([criterion, value]): CriterionValue => {
      const [low = 0, high = 1] = interval(value);
      return { criterion: criterion as CriterionId, low, high, shown: '', citations: [] };
    }),
  };
}

export const full = { C1: 1, C2: 1, C3: 1, C4: 1, C5: 1, C6: 1, C7: 1 };
/** The scored option of a slug; a spec that asks for one that isn't there is wrong. */
export function by(comparison: Comparison, slug: string): ScoredOption {
  const found = comparison.options.find(({ id }) => id.endsWith(`/${slug}`));
  if (!found) throw new Error(`no option ${slug} in the comparison`);
  return found;
}
