/** What is wrong with a brief, all of it at once, each with a JSON pointer. Shared by the HTTP edge and the command line. */
import { AppError, type InputMistake } from '../../../shared/errors/app-error.js';
import { CATEGORIES } from '../../research/research.types.js';
import type { Brief } from '../sessions.types.js';
import { segmentsOf } from './segments.js';

/** Bytes of UTF-8 of all texts together. */
export const MAX_BRIEF_BYTES = 262_144;
const MAX_NAME = 200;
const MAX_ENTRIES = 1_000;

/** In unicode mode a surrogate matches `Cs` only when it stands alone. */
const LONE_SURROGATE = /\p{Cs}/u;
const HAS_LETTER = /\p{L}/u;

function textMistakes(pointer: string, text: string): InputMistake[] {
  const mistakes: InputMistake[] = [];
  if (text.includes('\0')) mistakes.push({ pointer, message: 'contains a NUL character; remove it' });
  if (LONE_SURROGATE.test(text)) {
    mistakes.push({ pointer, message: 'contains half of a surrogate pair; save the text as UTF-8 again' });
  }
  return mistakes;
}

function lineMistakes(pointer: string, text: string, what: string): InputMistake[] {
  if (!HAS_LETTER.test(text)) return [{ pointer, message: `${what} must contain at least one letter` }];
  return text.length > MAX_NAME
    ? [{ pointer, message: `${what} has ${text.length} characters; at most ${MAX_NAME} are allowed` }]
    : [];
}

function requirementMistakes(requirements: readonly string[]): InputMistake[] {
  const pointer = '/requirements';
  if (requirements.length > MAX_ENTRIES) {
    return [{ pointer, message: `${requirements.length} entries; at most ${MAX_ENTRIES} are allowed` }];
  }
  if (!requirements.some((text) => HAS_LETTER.test(text))) {
    return [{ pointer, message: 'no requirement in words; add at least one sentence' }];
  }
  return requirements.flatMap((text, index) =>
    text.trim() === '' ? [{ pointer: `${pointer}/${index}`, message: 'is empty; write a sentence or remove it' }] : [],
  );
}

function constraintMistakes({ constraints }: Brief): InputMistake[] {
  const mistakes: InputMistake[] = [];
  const forbidden = new Set((constraints.forbidden ?? []).map((name) => name.toLowerCase()));
  for (const [category, name] of Object.entries(constraints.pinned ?? {})) {
    const pointer = `/constraints/pinned/${category}`;
    if (!(CATEGORIES as readonly string[]).includes(category)) {
      mistakes.push({ pointer, message: `is no category; the categories are ${CATEGORIES.join(', ')}` });
    }
    if (name !== undefined && forbidden.has(name.toLowerCase())) {
      mistakes.push({ pointer, message: `${name} is pinned and forbidden; remove one of the two` });
    }
  }
  const budget = constraints.budgetUsd;
  if (budget !== undefined && !(Number.isFinite(budget) && budget >= 0)) {
    mistakes.push({ pointer: '/constraints/budgetUsd', message: 'must be a number of US dollars, 0 or more' });
  }
  return mistakes;
}

/** All mistakes of a brief; empty when it can be read. Types are the caller's schema's business, meaning is checked here. */
export function briefMistakes(brief: Brief): readonly InputMistake[] {
  const segments = segmentsOf(brief);
  const bytes = segments.reduce((sum, segment) => sum + Buffer.byteLength(segment.text), Buffer.byteLength(brief.name));
  return [
    ...(bytes > MAX_BRIEF_BYTES
      ? [{ pointer: '', message: `the brief has ${bytes} bytes; at most ${MAX_BRIEF_BYTES} are allowed` }]
      : []),
    ...lineMistakes('/name', brief.name, 'the name'),
    ...lineMistakes('/projectType', brief.projectType, 'the project type'),
    ...requirementMistakes(brief.requirements),
    ...[{ pointer: '/name', text: brief.name }, ...segments].flatMap(({ pointer, text }) =>
      textMistakes(pointer, text),
    ),
    ...constraintMistakes(brief),
  ];
}

/** AppError `invalid` / `invalid_brief` with every mistake, the first ones in its message. */
export function invalidBrief(mistakes: readonly InputMistake[]): AppError {
  const shown = mistakes
    .slice(0, 5)
    .map(({ pointer, message }) => (pointer === '' ? message : `${pointer}: ${message}`));
  const more = mistakes.length > shown.length ? `; and ${mistakes.length - shown.length} more` : '';
  return new AppError('invalid', 'invalid_brief', `The brief cannot be read: ${shown.join('; ')}${more}.`, {
    errors: mistakes,
  });
}
