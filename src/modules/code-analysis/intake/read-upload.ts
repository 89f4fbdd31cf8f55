import { conflictsOf, isFitName, nameFault, pathOf } from './entry-name.js';
import { intakeErrors } from './intake.errors.js';
import type { IntakeLimits, LeftOutFile, SourceFile, TakenIn, Wanted } from './intake.types.js';
import { readTarGz } from './read-tar-gz.js';
import { readZip } from './read-zip.js';

/** A file as a JSON body gives it. */
export interface GivenFile {
  readonly path: string;
  readonly content: string;
}

/**
 * Files of an archive, whose first bytes say which kind it is.
 * @throws AppError 413, 415 or 422: the limit that it breaks, or what is wrong with which entry
 */
export async function readArchive(bytes: Buffer, limits: IntakeLimits, wanted: Wanted): Promise<TakenIn> {
  if (bytes.length > limits.uploadBytes) throw intakeErrors.uploadTooLarge(limits);
  if (bytes.length === 0) throw intakeErrors.empty('the file has no bytes');
  const taken = await readerOf(bytes)(bytes, limits, wanted);
  if (taken.files.length + taken.leftOut.length === 0) throw intakeErrors.empty('the archive holds no files');
  return taken;
}

function readerOf(bytes: Buffer): typeof readZip {
  // "PK", then a local header, or at once the end of an archive without entries.
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)) return readZip;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return readTarGz;
  throw intakeErrors.unknownType();
}

/**
 * Files of a JSON body.
 * @throws AppError 413, or 422 with all mistakes
 */
export function readFiles(given: readonly GivenFile[], limits: IntakeLimits, wanted: Wanted): TakenIn {
  if (given.length > limits.entries) throw intakeErrors.tooManyEntries(limits, given.length);
  refuseNames(given, limits);
  const files: SourceFile[] = [];
  const leftOut: LeftOutFile[] = [];
  for (const { path: name, content } of given) {
    const path = pathOf(name);
    const bytes = Buffer.from(content, 'utf8');
    const reason = bytes.length > limits.fileBytes ? 'too-large' : wanted(path);
    if (reason === undefined) files.push({ path, bytes });
    else leftOut.push({ path, reason });
  }
  return { files, leftOut };
}

function refuseNames(given: readonly GivenFile[], limits: IntakeLimits): void {
  const mistakes = given.flatMap(({ path }, at) => {
    const message = nameFault(path) ?? unfit(path, limits);
    return message === undefined ? [] : [{ pointer: `/files/${at}/path`, message }];
  });
  const paths = given.map(({ path }) => pathOf(path));
  if (mistakes.length === 0) mistakes.push(...conflictsOf(paths).map((message) => ({ pointer: '/files', message })));
  if (mistakes.length > 0) throw intakeErrors.invalidFiles(mistakes);
}

function unfit(path: string, { pathBytes }: IntakeLimits): string | undefined {
  if (pathOf(path) === '' || path.endsWith('/')) return 'names no file';
  return isFitName(pathOf(path), pathBytes)
    ? undefined
    : `must have at most ${pathBytes} bytes and 64 parts of 255 characters, none of them invisible`;
}
