import { createGunzip } from 'node:zlib';
import { extract, type Extract, type Header } from 'tar-stream';
import { AppError } from '../../../shared/errors/app-error.js';
import { conflictsOf, faultOf, isFitName, nameFault, pathOf, shownName } from './entry-name.js';
import { intakeErrors } from './intake.errors.js';
import {
  type IntakeLimits,
  type LeftOutFile,
  type LeftOutReason,
  RATIO_FREE_BYTES,
  type SourceFile,
  type TakenIn,
  type Wanted,
} from './intake.types.js';

const BLOCK = 512;
/** Of a gzip member: ten bytes of header, two of an empty stream, eight of checksum and length. */
const SMALLEST_GZIP = 20;
/** Headers, long names and padding that one entry takes at most on average, and how much may lie between two entries. */
const HEADERS_OF_ENTRY = 2048;
const LONGEST_GAP = 256 * 1024;

/**
 * Files of a gzipped tar archive. Its last four bytes say how much comes out (RFC 1952, ISIZE): at the first byte more it is
 * refused, and where they say more than may come, nothing is kept of it; then it is a bomb, too large, or was cut off.
 * @throws AppError 413 or 422 that names the limit and the entry
 */
export async function readTarGz(bytes: Buffer, limits: IntakeLimits, wanted: Wanted): Promise<TakenIn> {
  if (bytes.length < SMALLEST_GZIP) throw intakeErrors.damaged('it ends in the midst of a gzip header');
  const declared = bytes.readUInt32LE(bytes.length - 4);
  const isTooMuch = declared > limits.unpackedBytes + limits.entries * HEADERS_OF_ENTRY + LONGEST_GAP;
  const state = new TarIntake(limits, isTooMuch ? () => 'too-large' : wanted);
  const tar = extract();
  const fed = feed(bytes, declared, tar, state);
  try {
    await Promise.all([fed, takeAll(tar, state)]);
  } catch (error) {
    // What was said first is why; the other side only tells that it was cut off.
    const first = await fed.then(
      () => error as unknown,
      (reason: unknown) => reason,
    );
    throw damagedUnlessKnown(first instanceof AppError ? first : error);
  }
  return state.result();
}

/** Unpacks into the reader as fast as it takes it. Ends the reader, with what is wrong if something is. */
async function feed(bytes: Buffer, declared: number, tar: Extract, state: TarIntake): Promise<void> {
  const gunzip = createGunzip();
  gunzip.end(bytes);
  let total = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      total += chunk.length;
      state.unpacked(total, gunzip.bytesWritten);
      if (total > declared) throw new Error('it has more than its last bytes declare');
      await written(tar, chunk);
      if (tar.destroyed) return;
      state.passed(total);
    }
    if (total !== declared) throw new Error('it has less than its last bytes declare');
    tar.end(undefined);
  } catch (error) {
    const reason = damagedUnlessKnown(error);
    tar.destroy(reason);
    throw reason;
  } finally {
    gunzip.destroy();
  }
}

/** Resolves when the reader wants more, or will take no more. */
function written(tar: Extract, chunk: Buffer): Promise<void> | undefined {
  if (tar.write(chunk)) return undefined;
  return new Promise((resolve) => {
    const go = () => {
      tar.off('drain', go).off('close', go);
      resolve();
    };
    tar.on('drain', go).on('close', go);
  });
}

/** By events: an iterator over streams that are iterators costs three times as much, and an archive of nothing but entries is all that. */
function takeAll(tar: Extract, state: TarIntake): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.on('error', reject).on('close', resolve);
    tar.on('entry', (header, content, next) => {
      // Ends with the reader, which says why.
      content.on('error', () => undefined);
      try {
        const chunks: Buffer[] | undefined = state.begins(header) ? [] : undefined;
        content.on('data', (chunk) => void chunks?.push(chunk as Buffer));
        content.on('end', () => {
          if (chunks !== undefined) state.keeps(Buffer.concat(chunks));
          next();
        });
      } catch (refusal) {
        tar.destroy(refusal as Error);
      }
    });
  });
}

/** What was read so far, and what may come yet. */
class TarIntake {
  private readonly files = new Map<string, SourceFile>();
  private readonly leftOut: LeftOutFile[] = [];
  private readonly paths: string[] = [];
  private readonly faults: string[] = [];
  private entries = 0;
  private contentBytes = 0;
  /** Place in the stream where the header of the next entry is due. */
  private nextAt = 0;
  private current = '';

  constructor(
    private readonly limits: IntakeLimits,
    private readonly wanted: Wanted,
  ) {}

  /** @param packed bytes that so much came out of @throws AppError */
  unpacked(total: number, packed: number): void {
    if (total > RATIO_FREE_BYTES + this.limits.ratio * packed) throw intakeErrors.bomb(this.limits, 'The archive');
    if (total > this.limits.unpackedBytes + this.limits.entries * HEADERS_OF_ENTRY + LONGEST_GAP)
      throw intakeErrors.unpackedTooLarge(this.limits);
  }

  /**
   * So much has been read. Between two entries there is little more than their headers: a description of megabytes takes time to
   * read and describes nothing. @throws AppError
   */
  passed(total: number): void {
    const inHeaders = total - this.contentBytes;
    if (total - this.nextAt > LONGEST_GAP || inHeaders > LONGEST_GAP + (this.entries + 1) * HEADERS_OF_ENTRY)
      throw intakeErrors.damaged('between its entries there is more than their headers');
  }

  /** @returns whether the content is wanted @throws AppError at the first entry beyond a limit */
  begins(header: Header): boolean {
    const size = header.type === 'directory' ? 0 : header.size;
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    this.nextAt = byteOffsetOf(header) + padded;
    this.contentBytes += padded;
    this.entries += 1;
    if (this.entries > this.limits.entries) throw intakeErrors.tooManyEntries(this.limits, this.entries - 1);
    if (this.contentBytes > this.limits.unpackedBytes + this.limits.entries * BLOCK)
      throw intakeErrors.unpackedTooLarge(this.limits);
    const fault = nameFault(header.name);
    if (fault !== undefined) this.faults.push(faultOf(header.name, fault));
    else if (header.type !== 'directory') return this.judge(header, size);
    return false;
  }

  keeps(bytes: Buffer): void {
    this.files.set(this.current, { path: this.current, bytes });
  }

  /** @throws AppError */
  result(): TakenIn {
    const faults = [...this.faults, ...conflictsOf(this.paths)];
    if (faults.length > 0) throw intakeErrors.unsafe(faults);
    return { files: [...this.files.values()], leftOut: this.leftOut };
  }

  private judge(header: Header, size: number): boolean {
    const path = pathOf(header.name);
    const isFit = path !== '' && isFitName(path, this.limits.pathBytes);
    if (isFit) this.paths.push(path);
    const reason = isFit ? (this.reasonOf(header, size) ?? this.wanted(path)) : 'bad-name';
    // Of an archive that is refused anyway nothing is kept.
    if (reason === undefined && this.faults.length === 0) {
      this.current = path;
      return true;
    }
    if (reason !== undefined) this.leftOut.push({ path: shownName(path), reason });
    return false;
  }

  private reasonOf({ type }: Header, size: number): LeftOutReason | undefined {
    if (type === 'link' || type === 'symlink') return 'link';
    if (type !== 'file' && type !== 'contiguous-file') return 'special';
    return size > this.limits.fileBytes ? 'too-large' : undefined;
  }
}

/** Where the content begins; the types of the package don't tell that it is there. */
const byteOffsetOf = (header: Header): number => (header as Header & { readonly byteOffset: number }).byteOffset;

function damagedUnlessKnown(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return intakeErrors.damaged(shownName(error instanceof Error ? error.message : String(error)));
}
