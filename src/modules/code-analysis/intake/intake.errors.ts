import { AppError, type InputMistake } from '../../../shared/errors/app-error.js';
import type { IntakeLimits } from './intake.types.js';

const MOST_MISTAKES = 100;
const megabytes = (bytes: number) => `${Math.floor(bytes / (1024 * 1024))} MB`;
const REMEDY = 'Leave out what is not source code (node_modules, build output, data), or send parts of the tree.';

/** Refusals of an upload. They name the limit and the entry, and are for the caller alone: nothing of them is logged. */
export const intakeErrors = {
  uploadTooLarge: ({ uploadBytes }: IntakeLimits) =>
    new AppError('too-large', 'upload_too_large', `An upload may have ${megabytes(uploadBytes)}. ${REMEDY}`),
  tooManyEntries: ({ entries }: IntakeLimits, found: number) =>
    new AppError(
      'too-large',
      'upload_too_many_entries',
      `An upload may have ${entries} entries, folders included; this one has ${found > entries ? found : 'more'}. ${REMEDY}`,
    ),
  unpackedTooLarge: ({ unpackedBytes }: IntakeLimits) =>
    new AppError(
      'too-large',
      'upload_unpacks_too_large',
      `Unpacked, an upload may have ${megabytes(unpackedBytes)}. ${REMEDY}`,
    ),
  bomb: ({ ratio }: IntakeLimits, what: string) =>
    new AppError(
      'invalid',
      'archive_bomb',
      `${what} unpacks to more than ${ratio} times its size, which source code does not; nothing of it was kept.`,
    ),
  unsafe: (faults: readonly string[]) =>
    new AppError(
      'invalid',
      'archive_unsafe',
      `${faults.length === 1 ? 'An entry' : `${faults.length} entries`} can't be taken in safely; errors names them. Pack the folder anew with "zip -r" or "tar czf".`,
      { errors: faults.slice(0, MOST_MISTAKES).map((message) => ({ pointer: '/file', message })) },
    ),
  damaged: (how: string) =>
    new AppError(
      'invalid',
      'archive_damaged',
      `The archive is damaged or not what it says it is: ${how}. Pack it anew and send it again.`,
    ),
  unknownType: () =>
    new AppError(
      'unsupported',
      'archive_type_unknown',
      'The file is neither a zip nor a tar.gz archive: its first bytes decide, not its name.',
    ),
  empty: (why: string) => new AppError('invalid', 'upload_empty', `There is nothing to analyse: ${why}.`),
  ignoreRules: () =>
    new AppError(
      'invalid',
      'ignore_rules_too_costly',
      'The .gitignore files have more rules than can be compared with so many folders: leave them out of the upload.',
    ),
  invalidFiles: (errors: readonly InputMistake[]) =>
    new AppError('invalid', 'files_invalid', 'Some files can not be taken in; errors says which and why.', {
      errors: errors.slice(0, MOST_MISTAKES),
    }),
} as const;
