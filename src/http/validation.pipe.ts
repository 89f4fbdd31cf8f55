import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { ArgumentMetadata } from '@nestjs/common';
import { AppError, type InputMistake } from '../shared/errors/app-error.js';
import { malformedIdError } from './id-param.js';
import { HOLDS_UNSTORABLE, UNSTORABLE } from './json-body.js';

interface Issue {
  readonly message: string;
  /** Set by zod for fields a strict object does not know. */
  readonly keys?: readonly string[];
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

const MOST_MISTAKES = 100;

/**
 * Checks `@Body({ schema })`, `@Query({ schema })` and `@Param({ schema })`; a mistake answers 422 with all mistakes at
 * once. The pointer is a JSON pointer into the body, `?name` for the query and the parameter's name for the path.
 */
export class ValidationPipe extends StandardSchemaValidationPipe {
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const schema = metadata.schema;
    if (!schema || metadata.type === 'custom') return value;
    // A body left out is an object without its fields, so that the answer names each missing one.
    const input = metadata.type === 'body' && value === undefined ? {} : value;
    const result = await this.validate<T>(input, schema);
    const unstorable = metadata.type === 'query' ? unstorableIn(input) : [];
    if (!result.issues && unstorable.length === 0) return (result as { readonly value: T }).value;
    const unknown = malformedIdError(schema);
    if (unknown) throw unknown;
    const issues = [...unstorable, ...(result.issues ?? [])];
    const mistakes = issues.flatMap(unfold).map((issue) => mistakeOf(issue, metadata));
    throw new AppError('invalid', 'invalid_input', summary(mistakes.length), {
      errors: mistakes.slice(0, MOST_MISTAKES),
    });
  }
}

/** Bodies are looked through as they are read (json-body.ts); a query has no such place. */
function unstorableIn(query: unknown): Issue[] {
  return Object.entries(query ?? {})
    .filter(([, value]) => [value].flat().some((text) => typeof text === 'string' && UNSTORABLE.test(text)))
    .map(([name]) => ({ message: HOLDS_UNSTORABLE, path: [name] }));
}

/** Several unknown fields are one issue of zod but several mistakes of the caller, each at its own place. */
function unfold(issue: Issue): Issue[] {
  if (!issue.keys) return [issue];
  return issue.keys.map((key) => ({ message: 'is not a known field', path: [...(issue.path ?? []), key] }));
}

function summary(count: number): string {
  return count === 1
    ? 'The input has one mistake; errors says where.'
    : `The input has ${count} mistakes; errors says where.`;
}

function mistakeOf(issue: Issue, metadata: ArgumentMetadata): InputMistake {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  if (metadata.data !== undefined) path.unshift(metadata.data);
  const message = issue.message;
  if (metadata.type === 'query') return { pointer: `?${path.join('.')}`, message };
  if (metadata.type === 'param') return { pointer: path.join('.'), message };
  return { pointer: path.map((part) => `/${part.replace(/~/g, '~0').replace(/\//g, '~1')}`).join(''), message };
}
