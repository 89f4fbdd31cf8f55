/**
 * The brief, read by rules: clauses, triggers, amounts, names and hard constraints. Pure and deterministic; what no rule
 * understands stays a need without a trigger. Never throws, whatever the text.
 */
import type { Brief } from '../sessions.types.js';
import type { BriefSegment, Need, ReadBrief, Trigger } from './brief.types.js';
import type { StackName } from '../../research/research.types.js';
import { clausesOf } from './clauses.js';
import { isForbiddenAt, readConstraints } from './constraints.js';
import { triggersOf } from './lexicon.js';
import { nameIndex, namesIn, type FoundName, type NameIndex } from './names.js';
import { nounsOf } from './nouns.js';
import { quantitiesOf } from './quantities.js';
import { segmentsOf } from './segments.js';

const NOT_SPLIT = /^\/(?:projectType|techStack|constraints)/u;

/** The structured parts of a brief say what they are by their place, not by a trigger word. */
const PLACE_TRIGGERS: readonly (readonly [RegExp, string, string])[] = [
  [/^\/techStack\//u, 'STACK-1', 'a decision that is made'],
  [/^\/constraints\/licenses$/u, 'LICENCE-1', 'hard constraint H1'],
  [/^\/constraints\/engines$/u, 'ENGINE-1', 'hard constraint H2'],
  [/^\/constraints\/budgetUsd$/u, 'BUDGET-1', 'a money limit: cost per item follows'],
  [/^\/constraints\/forbidden$/u, 'FORBID-1', 'a choice that is closed'],
  [/^\/constraints\/pinned$/u, 'PIN-1', 'a decision that is made'],
];

function placeTrigger(pointer: string, text: string): Trigger[] {
  const place = PLACE_TRIGGERS.find(([test]) => test.test(pointer));
  return place ? [{ rule: place[1], words: text, opens: [], meaning: place[2] }] : [];
}

function needFrom(segment: BriefSegment, start: number, end: number, index: NameIndex): Omit<Need, 'id'> {
  const text = segment.text.slice(start, end);
  const structured = NOT_SPLIT.test(segment.pointer);
  const names = namesIn(text, index, !structured);
  const quantities = quantitiesOf(text, names);
  const byPlace = placeTrigger(segment.pointer, text);
  const byWords = segment.pointer.startsWith('/techStack') || byPlace.length > 0 ? [] : triggersOf(text, quantities);
  return {
    text,
    pointer: segment.pointer,
    start,
    end,
    triggers: [...byPlace, ...byWords],
    quantities,
    names: [...new Set(names.map((found) => found.name.slug))],
    nouns: nounsOf(text),
  };
}

function needsOf(segment: BriefSegment, index: NameIndex): Omit<Need, 'id'>[] {
  if (!NOT_SPLIT.test(segment.pointer)) {
    return clausesOf(segment.text).map((clause) => needFrom(segment, clause.start, clause.end, index));
  }
  const start = segment.text.length - segment.text.trimStart().length;
  const end = segment.text.trimEnd().length;
  return start < end ? [needFrom(segment, start, end, index)] : [];
}

/** A name decides its category when it stands in the tech stack or a pin, or the clause says that it is in use. */
function decides(need: Need): boolean {
  if (/^\/(?:techStack|constraints\/pinned)/u.test(need.pointer)) return true;
  return need.triggers.some((trigger) => trigger.rule === 'IN-USE') && need.names.length > 0;
}

function inUseOf(needs: readonly Need[], index: NameIndex): ReadBrief['inUse'] {
  const all = needs.filter(decides).flatMap((need) => {
    const allowed = (found: FoundName): boolean => !isForbiddenAt(need.text, found.start);
    const strict = !NOT_SPLIT.test(need.pointer);
    return namesIn(need.text, index, strict)
      .filter(allowed)
      .map((found) => ({ slug: found.name.slug, category: found.name.category, need: need.id }));
  });
  return all.filter(
    (one, at) => all.findIndex((other) => other.slug === one.slug && other.category === one.category) === at,
  );
}

/**
 * Reads a brief. `vocabulary` are the names of the catalogue. Every need is `segment.text.slice(start, end)` of the segment
 * at its pointer (`segmentsOf(brief)`).
 */
export function readBrief(brief: Brief, vocabulary: readonly StackName[]): ReadBrief {
  const index = nameIndex(vocabulary);
  const needs = segmentsOf(brief)
    .flatMap((segment) => needsOf(segment, index))
    .map((need, at): Need => ({ id: `N${at + 1}`, ...need }));
  return { title: brief.name, needs, ...readConstraints(brief, needs, index), inUse: inUseOf(needs, index) };
}
