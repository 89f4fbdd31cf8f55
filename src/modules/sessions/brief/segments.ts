/** The brief as a list of texts, each with the pointer it came from: needs are cut from these and from nothing else. */
import type { Brief, BriefConstraints } from '../sessions.types.js';
import type { BriefSegment } from './brief.types.js';

const list = (pointer: string, values: readonly string[] | undefined): BriefSegment[] =>
  values && values.length > 0 ? [{ pointer, text: values.join(', ') }] : [];

const pairs = (pointer: string, record: Readonly<Record<string, string | undefined>> | undefined): BriefSegment[] =>
  list(
    pointer,
    Object.entries(record ?? {}).map(([key, value]) => `${key} ${value ?? ''}`),
  );

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

function constraintSegments(constraints: BriefConstraints): BriefSegment[] {
  return [
    ...list('/constraints/licenses', constraints.licenses),
    ...pairs('/constraints/engines', constraints.engines),
    ...(constraints.budgetUsd === undefined
      ? []
      : [{ pointer: '/constraints/budgetUsd', text: `${constraints.budgetUsd} USD` }]),
    ...list('/constraints/forbidden', constraints.forbidden),
    ...pairs('/constraints/pinned', constraints.pinned),
  ];
}

/**
 * All texts of a brief in reading order. Structured constraints are joined with `, ` under the pointer of the whole list,
 * so that one constraint is one need and not one need per licence.
 */
export function segmentsOf(brief: Brief): readonly BriefSegment[] {
  return [
    { pointer: '/projectType', text: brief.projectType },
    ...brief.requirements.map((text, index) => ({ pointer: `/requirements/${index}`, text })),
    ...Object.entries(brief.techStack).map(([key, text]) => ({ pointer: `/techStack/${escapePointer(key)}`, text })),
    ...constraintSegments(brief.constraints),
  ].filter((segment) => segment.text.trim() !== '');
}

const fold = (text: string): string => text.normalize('NFKC').replace(/\s+/gu, ' ').trim();

/** Does the brief contain these words at this pointer, after NFKC and white-space folding? Holds for every need of `readBrief`. */
export function isVerbatim(brief: Brief, need: { readonly pointer: string; readonly text: string }): boolean {
  const segment = segmentsOf(brief).find((candidate) => candidate.pointer === need.pointer);
  return segment !== undefined && fold(segment.text).includes(fold(need.text));
}
