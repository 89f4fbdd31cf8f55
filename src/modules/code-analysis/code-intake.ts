import { createHash } from 'node:crypto';
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import type { UploadedBody } from '../../http/read-upload.js';
import { ValidationPipe } from '../../http/validation.pipe.js';
import { Clock } from '../../shared/clock/clock.js';
import { codeAnalysisErrors } from './code-analyses.errors.js';
import { filesBody } from './code-analyses.schemas.js';
import type { HashedFile, Intake } from './code-analyses.types.js';
import { intakeErrors } from './intake/intake.errors.js';
import { INTAKE_LIMITS, type LeftOutFile, type LeftOutReason, type TakenIn } from './intake/intake.types.js';
import { languages } from './intake/languages.js';
import { type GivenFile, readArchive, readFiles } from './intake/read-upload.js';
import { countsOf, type LeftOutCounts, type Selection, selecting } from './intake/select-files.js';
import { isNeverOwn, packedRootOf } from './intake/vendored.js';

/** Uploads that are unpacked at once, and that wait for it: one takes 50 MB at most. */
const AT_ONCE = 2;
const WAITING = 8;
/** Milliseconds after which others get the processor. */
const SLICE_MS = 8;
/** Comparisons of a path with a pattern of a .gitignore; a tree of 2,000 files and 50 patterns takes some 150,000. */
const MOST_IGNORE_TESTS = 3_000_000;

/** Turns what was uploaded into the files to analyse. Everything of it is held in memory, and nothing is written anywhere. */
@Injectable()
export class CodeIntake {
  private readonly turns = bulkhead(AT_ONCE, WAITING);
  private readonly validation = new ValidationPipe();

  constructor(private readonly clock: Clock) {}

  /** @throws AppError 413, 415 or 422: limit, entry or field; 503 `intake_busy` */
  async take(body: UploadedBody): Promise<Intake> {
    try {
      return await this.turns.execute(() => this.intakeOf(body));
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? codeAnalysisErrors.busy() : error;
    }
  }

  private async intakeOf(body: UploadedBody): Promise<Intake> {
    const taken = await this.read(body);
    const { files, leftOut, lockFiles } = await this.select(taken);
    if (files.length === 0) throw intakeErrors.empty(`every file was left out (${describe(countsOf(leftOut))})`);
    const hashed = await this.hash(files);
    return {
      files: hashed,
      contentSha256: contentHash(hashed, lockFiles),
      filesByType: (await languages()).count(files.map(({ path }) => path)),
      leftOut,
      lockFiles,
    };
  }

  private async read(body: UploadedBody): Promise<TakenIn> {
    if (body.kind === 'file') return withoutRoot(await readArchive(body.bytes, INTAKE_LIMITS, wanted));
    const count = lengthOfFiles(body.value);
    if (count > INTAKE_LIMITS.entries) throw intakeErrors.tooManyEntries(INTAKE_LIMITS, count);
    const { files } = await this.validation.transform<{ files: GivenFile[] }>(body.value as { files: GivenFile[] }, {
      type: 'body',
      schema: filesBody,
    });
    return readFiles(files, INTAKE_LIMITS, wanted);
  }

  private async select({ files, leftOut }: TakenIn): Promise<Selection> {
    const steps = selecting(files, leftOut, MOST_IGNORE_TESTS);
    for (let since = this.clock.monotonicMs(); ;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      since = await this.share(since);
    }
  }

  private async hash(files: Selection['files']): Promise<HashedFile[]> {
    const hashed: HashedFile[] = [];
    let since = this.clock.monotonicMs();
    for (const { path, bytes } of files) {
      hashed.push({ path, bytes, sha256: createHash('sha256').update(bytes).digest('hex') });
      since = await this.share(since);
    }
    return hashed;
  }

  private async share(since: number): Promise<number> {
    if (this.clock.monotonicMs() - since < SLICE_MS) return since;
    await turnOfOthers();
    return this.clock.monotonicMs();
  }
}

/** What can be told before the rest of the tree is known: it is not even unpacked. */
const wanted = (path: string): LeftOutReason | undefined => (isNeverOwn(path) ? 'vendored' : undefined);

/** Paths begin at the root of the project, whichever way it was packed. */
function withoutRoot({ files, leftOut }: TakenIn): TakenIn {
  const root = packedRootOf([...files, ...leftOut].map(({ path }) => path));
  if (root === undefined) return { files, leftOut };
  const inside = (path: string) => path.slice(root.length + 1);
  return {
    files: files.map(({ path, bytes }) => ({ path: inside(path), bytes })),
    leftOut: leftOut.map(({ path, reason }) => ({ path: inside(path), reason })),
  };
}

function lengthOfFiles(value: unknown): number {
  if (typeof value !== 'object' || value === null || !('files' in value)) return 0;
  return Array.isArray(value.files) ? value.files.length : 0;
}

const describe = (counts: LeftOutCounts) =>
  Object.entries(counts)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');

function contentHash(files: readonly HashedFile[], lockFiles: readonly string[]): string {
  const hash = createHash('sha256');
  for (const { path, sha256 } of files) hash.update(`${path}\0${sha256}\n`);
  for (const path of lockFiles) hash.update(`${path}\0\n`);
  return hash.digest('hex');
}

const MOST_SHOWN = 100;

/** Left-out files that a caller wants to see: thousands of files of dependencies tell nothing. */
export function shownLeftOut(leftOut: readonly LeftOutFile[]): readonly LeftOutFile[] {
  return leftOut.filter(({ reason }) => reason !== 'vendored').slice(0, MOST_SHOWN);
}
