import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
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

/** Of one entry in the directory: what no packer writes, and what costs time to read. */
const MOST_EXTRA_BYTES = 4096;
const LOCAL_HEADER_BYTES = 30;
const FILE_TYPE = 0o170000;
const TYPES: Readonly<Record<number, 'link' | 'file' | 'folder'>> = {
  0: 'file',
  0o100000: 'file',
  0o040000: 'folder',
  0o120000: 'link',
};

interface Member {
  readonly entry: Entry;
  readonly path: string;
  /** Undefined: its content is wanted. */
  readonly reason?: LeftOutReason;
}

/**
 * Files of a zip archive. The whole directory is judged before a byte is unpacked, by what it declares; that no entry has more
 * than it declares is seen to while it is unpacked.
 * @throws AppError 413 or 422 that names the limit and the entry
 */
export async function readZip(bytes: Buffer, limits: IntakeLimits, wanted: Wanted): Promise<TakenIn> {
  const zip = await orDamaged(() =>
    yauzl.fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false, validateEntrySizes: true }),
  );
  if (zip.entryCount > limits.entries) throw intakeErrors.tooManyEntries(limits, zip.entryCount);
  const entries = await orDamaged(() => directoryOf(zip));
  const faults = nameFaults(entries);
  if (faults.length > 0) throw intakeErrors.unsafe(faults);
  refuseExcess(entries, bytes.length, limits);
  const members = entries.flatMap((entry) => memberOf(entry, limits, wanted));
  const paths = members.flatMap(({ path, reason }) => (reason === 'bad-name' ? [] : [path]));
  const conflicts = [...conflictsOf(paths), ...overlaps(entries)];
  if (conflicts.length > 0) throw intakeErrors.unsafe(conflicts);
  const files: SourceFile[] = [];
  for (const { entry, path, reason } of members)
    if (reason === undefined) files.push({ path, bytes: await orDamaged(() => unpack(zip, entry), path) });
  return { files, leftOut: members.flatMap(leftOutOf) };
}

async function directoryOf(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.extraFieldLength > MOST_EXTRA_BYTES || entry.fileCommentLength > MOST_EXTRA_BYTES)
      throw new Error(`entry ${entries.length + 1} describes itself at a length that no packer does`);
    entries.push(entry);
  }
  return entries;
}

/** By the rules of yauzl's `strictFileNames`: the name as it is, no backslash taken for a slash. */
const nameOf = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry) =>
  yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);

function nameFaults(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => {
    const name = nameOf(entry);
    const fault = nameFault(name) ?? (yauzl.validateFileName(name) === null ? undefined : 'is no relative path');
    return fault === undefined ? [] : [faultOf(name, fault)];
  });
}

/** Bombs, by what they declare: of what declares too little nothing more is unpacked than it declares. */
function refuseExcess(entries: readonly Entry[], archiveBytes: number, limits: IntakeLimits): void {
  let total = 0;
  for (const entry of entries) {
    const { compressedSize, uncompressedSize } = entry;
    total += uncompressedSize;
    if (uncompressedSize > RATIO_FREE_BYTES && uncompressedSize > limits.ratio * compressedSize)
      throw intakeErrors.bomb(limits, `"${shownName(nameOf(entry))}"`);
  }
  if (total > RATIO_FREE_BYTES && total > limits.ratio * archiveBytes) throw intakeErrors.bomb(limits, 'The archive');
  if (total > limits.unpackedBytes) throw intakeErrors.unpackedTooLarge(limits);
}

/** Entries that share packed bytes: one block of them can be unpacked a thousand times (Fifield, WOOT 2019). */
function overlaps(entries: readonly Entry[]): string[] {
  const placed = [...entries].sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  const faults: string[] = [];
  let end = 0;
  for (const entry of placed) {
    const { relativeOffsetOfLocalHeader: start, fileNameLength, compressedSize } = entry;
    if (start < end) faults.push(faultOf(nameOf(entry), 'shares its bytes with another entry'));
    end = Math.max(end, start + LOCAL_HEADER_BYTES + fileNameLength + compressedSize);
  }
  return faults;
}

/** Nothing for a folder: its files say where they are. */
function memberOf(entry: Entry, limits: IntakeLimits, wanted: Wanted): Member[] {
  const name = nameOf(entry);
  const path = pathOf(name);
  const type = TYPES[(entry.externalFileAttributes >>> 16) & FILE_TYPE] ?? 'special';
  if (type === 'folder' || name.endsWith('/') || path === '') return [];
  const reason = type === 'file' ? contentReason(entry, path, limits) : type;
  const isFit = isFitName(path, limits.pathBytes) && isUtf8(entry);
  return [{ entry, path, reason: isFit ? (reason ?? wanted(path)) : 'bad-name' }];
}

function contentReason(entry: Entry, path: string, limits: IntakeLimits): LeftOutReason | undefined {
  if (entry.isEncrypted()) return 'encrypted';
  if (!entry.canDecodeFileData()) return 'unreadable';
  return path !== '' && entry.uncompressedSize > limits.fileBytes ? 'too-large' : undefined;
}

/** A name that says it is UTF-8 and is not would be shown with replacement characters, two such names as one. */
function isUtf8({ generalPurposeBitFlag, fileNameRaw }: Entry): boolean {
  if ((generalPurposeBitFlag & 0x800) === 0) return true;
  return Buffer.from(fileNameRaw.toString('utf8')).equals(fileNameRaw);
}

const leftOutOf = ({ path, reason }: Member): LeftOutFile[] =>
  reason === undefined ? [] : [{ path: shownName(path), reason }];

async function unpack(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const stream = await zip.openReadStreamPromise(entry);
  const bytes = await collect(stream, entry.uncompressedSize);
  if (crc32(bytes) !== entry.crc32) throw new Error('its checksum is another one');
  return bytes;
}

async function collect(stream: Readable, declared: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > declared) throw new Error('it has more than it declares');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** What the reader finds wrong, in its words but for what it found there. */
async function orDamaged<T>(read: () => Promise<T>, path?: string): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw intakeErrors.damaged(
      path === undefined ? shownName(words) : faultOf(path, `can't be unpacked (${shownName(words)})`),
    );
  }
}
