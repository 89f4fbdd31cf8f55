/** The input in one order, so that neither completion order nor the order of a map reaches the bytes of the document. */
import { CATEGORIES, type Category, type ResearchedOption } from '../../../research/research.types.js';
import { compareIds, compareText } from '../canonical.js';
import type { DocumentInput } from '../document.types.js';

const byCategory = (a: { readonly category: Category }, b: { readonly category: Category }): number =>
  CATEGORIES.indexOf(a.category) - CATEGORIES.indexOf(b.category);

/** Sorts every list whose order carries no meaning. Needs keep the order of the brief, which their ids number. */
export function orderedInput(input: DocumentInput): DocumentInput {
  return {
    ...input,
    read: { ...input.read, needs: sorted(input.read.needs, (a, b) => compareIds(a.id, b.id)) },
    gaps: sorted(input.gaps, (a, b) => compareIds(a.id, b.id)),
    definitions: sorted(input.definitions, (a, b) => CATEGORIES.indexOf(a.id) - CATEGORIES.indexOf(b.id)),
    criteria: { ...input.criteria, criteria: sorted(input.criteria.criteria, (a, b) => compareText(a.id, b.id)) },
    research: sorted(input.research, byCategory).map((result) => ({
      ...result,
      options: sorted(result.options, byCandidate).map((option) => ({
        ...option,
        constraints: sorted(option.constraints, (a, b) => compareText(a.id, b.id)),
        values: sorted(option.values, (a, b) => compareText(a.criterion, b.criterion)),
      })),
      degraded: sorted(result.degraded, compareText),
    })),
    comparisons: sorted(input.comparisons, byCategory),
    decisions: sorted(input.decisions, byCategory),
    degraded: sorted(input.degraded, (a, b) => compareIds(a.gapId, b.gapId)),
  };
}

function byCandidate(a: ResearchedOption, b: ResearchedOption): number {
  return compareText(a.candidate.id, b.candidate.id);
}

function sorted<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  return [...items].sort(compare);
}
