import { z } from 'zod';
import type { AppError } from '../shared/errors/app-error.js';

const refusals = new WeakMap<object, () => AppError>();

/**
 * Schema of an id in the path whose malformed values are answered as unknown ones are: for `@Param('id', { schema })`. They
 * are refused before anything is asked for them.
 * @param unknown makes the error, 404 as a rule
 */
export function idParam(form: RegExp, unknown: () => AppError): z.ZodString {
  const schema = z.string().regex(form);
  refusals.set(schema, unknown);
  return schema;
}

/** What a malformed value of the schema is answered with; undefined for schemas of other things. */
export const malformedIdError = (schema: object): AppError | undefined => refusals.get(schema)?.();
