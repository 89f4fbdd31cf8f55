import { AppError, type InputMistake } from '../../errors/app-error.js';

/** A value that PostgreSQL can't store, or not in this column; the message goes on from the name of the property. */
export class BulkValueError extends Error {}

export const bulkErrors = {
  /** @param mistakes the first of them; `pointer` is `/{row}/{property}`, rows from 0 on. Values are not repeated. */
  rowsInvalid: (mistakes: readonly InputMistake[], count: number): AppError =>
    new AppError(
      'invalid',
      'bulk_rows_invalid',
      `${count === 1 ? 'A row' : `${count} rows`} can't be stored, and nothing of the chunk was: ${mistakes[0]?.pointer} ${mistakes[0]?.message}.`,
      { errors: mistakes },
    ),
  misuse: (what: string): AppError =>
    new AppError('internal', 'bulk_misuse', `A bulk write is called wrongly: ${what}.`),
};
