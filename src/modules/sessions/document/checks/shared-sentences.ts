/** Check 10: sentences that fit any project. Ids, names and numbers are blanked; what is then equal in unlike documents is padding. */
import { compareText } from '../canonical.js';
import type { TrdBody } from '../document.types.js';
import { splitVersion } from './citations.js';

/** All sentences a document says in its own words: statements, texts and rows; not the fixed head, legends and table titles. */
export function sentencesOf(body: TrdBody): string[] {
  const texts = [
    ...body.findings.map((item) => item.text),
    ...body.assumptions.map((item) => item.statement),
    ...body.derived.flatMap((item) => [item.name, item.consequence]),
    ...body.requirements.map((item) => item.statement),
    ...body.decisions.flatMap((item) => [item.verdict, ...item.wouldChange, ...item.consequences]),
    ...body.noChoice.map((item) => item.whatToDo),
    ...body.questions.flatMap((item) => [item.text, item.ifUnanswered]),
    ...body.crossChecks.flatMap((item) => [item.result, item.action]),
    ...body.data.map((item) => `${item.store}: ${item.personalData}; ${item.deletedBy}`),
    ...body.risks.flatMap((item) => [item.fact, item.answer]),
    ...body.tests.flatMap((item) => [item.test, item.passes]),
    ...body.notMeasured.map((item) => `${item.subject}: ${item.why}`),
  ];
  return texts.flatMap((text) => text.split(/(?<=[.?])\s+/)).filter((text) => text.trim().length > 0);
}

/** `R-012 shall hold 67 orders` → `_ shall hold _ orders`: blanks ids, code, quotes, versions, numbers, capitalised and given names. */
export function normalised(text: string, names: readonly string[] = []): string {
  const named = names.reduce((sentence, name) => sentence.replaceAll(name, '_'), text.normalize('NFKC'));
  return named
    .replace(/`[^`]*`|"[^"]*"|“[^“”]*”/g, '_')
    .replace(/\b(?:N\d+|H\d|[A-Z]{1,2}-\d+|C\d)\b/g, '_')
    .replace(/(?<![@\w/-])[@\w/-]*\d[\w.,/-]*/g, '_')
    .replace(/(?<!^)\b[A-Z][\w.-]*/g, '_')
    .replace(/[*_]+/g, '_')
    .replace(/(?:_[\s,]*)+/g, '_ ')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Names of options, longest first, so that no name is cut by a shorter one. */
function namesIn(body: TrdBody): string[] {
  const options = body.decisions.flatMap((section) => section.rows.map((row) => splitVersion(row.option)[0]));
  return [...new Set(options)].sort((a, b) => b.length - a.length || compareText(a, b));
}

function blanked(body: TrdBody): ReadonlySet<string> {
  const names = namesIn(body);
  return new Set(
    sentencesOf(body)
      .map((sentence) => normalised(sentence, names))
      .filter(isSentence),
  );
}

/** What one document says in prose: sentences of at least five words, as printed. */
const FEWEST_WORDS = 5;

function prose(body: TrdBody): ReadonlySet<string> {
  const sentences = sentencesOf(body).map((sentence) => sentence.replace(/\s+/g, ' ').trim());
  return new Set(
    sentences.filter((sentence) => sentence.split(' ').filter((word) => /\p{L}/u.test(word)).length >= FEWEST_WORDS),
  );
}

/**
 * Share (0-1) of the sentences of the smaller document that the other one says too.
 *
 * A sentence is prose of at least five words from assumptions, derived quantities, requirements, findings, verdicts, what would
 * change them, consequences, questions, cross-checks, data, risks, tests and what was not measured, each ending at `.`, `?`
 * or with its cell.
 * Two are the same when they are literally equal after white space is folded. Not counted, because they are form and not
 * statements: headings and heads of tables, legends, the definition of the criteria, quoted needs and the list of evidence.
 */
export function sharedSentences(
  a: TrdBody,
  b: TrdBody,
): { readonly share: number; readonly shared: readonly string[] } {
  return overlap(prose(a), prose(b));
}

/** The stricter measure: the same after ids, names, quotes and numbers are blanked, from three words on. */
export function sharedPatterns(a: TrdBody, b: TrdBody): { readonly share: number; readonly shared: readonly string[] } {
  return overlap(blanked(a), blanked(b));
}

function overlap(
  left: ReadonlySet<string>,
  right: ReadonlySet<string>,
): { readonly share: number; readonly shared: readonly string[] } {
  if (Math.min(left.size, right.size) === 0) return { share: 0, shared: [] };
  const shared = [...left].filter((sentence) => right.has(sentence));
  return { share: shared.length / Math.min(left.size, right.size), shared };
}

/** Blanks alone and single words carry no statement. */
function isSentence(text: string): boolean {
  return (
    text
      .replace(/[^a-z]+/g, ' ')
      .trim()
      .split(' ').length >= 3
  );
}

/** Sentences that at least three documents of different briefs share: candidates to be dropped from the templates. */
export function paddingAmong(bodies: readonly TrdBody[]): string[] {
  const counts = new Map<string, Set<string>>();
  for (const body of bodies) {
    for (const sentence of blanked(body)) {
      counts.set(sentence, (counts.get(sentence) ?? new Set()).add(body.briefSha256));
    }
  }
  return [...counts].filter(([, briefs]) => briefs.size >= 3).map(([sentence]) => sentence);
}
