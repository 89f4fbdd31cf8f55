import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const BLOCK = 512;
/** Bytes of a name that a pax or GNU header may carry; longer ones are hostile. */
const MAX_HEADER_BODY = 64 * 1024;

export interface TarLimits {
  /** Bytes of the unpacked archive that are looked at; what comes later is not found. */
  readonly maxBytes: number;
  /** Bytes of one wanted file; a longer one is not found. */
  readonly maxFileBytes: number;
}

interface Entry {
  readonly name: string;
  readonly size: number;
  /** `0` file, `x` pax header of the next entry, `L` GNU long name of the next entry. */
  readonly type: string;
}

/** Takes exact byte counts from chunks of any size; nothing is kept that has been taken. */
class ByteSource {
  private chunks: Buffer[] = [];
  private length = 0;
  taken = 0;

  constructor(private readonly source: AsyncIterator<Buffer>) {}

  /** `count` bytes, or fewer at the end. */
  async take(count: number): Promise<Buffer> {
    while (this.length < count && (await this.fill()));
    const all = this.chunks.length === 1 && this.chunks[0] !== undefined ? this.chunks[0] : Buffer.concat(this.chunks);
    const part = all.subarray(0, count);
    this.keep(all.subarray(part.length));
    this.taken += part.length;
    return part;
  }

  async skip(count: number): Promise<void> {
    let left = count;
    while (left > 0) {
      if (this.length === 0 && !(await this.fill())) return;
      left -= (await this.take(Math.min(left, this.length))).length;
    }
  }

  private async fill(): Promise<boolean> {
    const next = await this.source.next();
    if (next.done === true) return false;
    this.chunks.push(next.value);
    this.length += next.value.length;
    return true;
  }

  private keep(rest: Buffer): void {
    this.chunks = rest.length === 0 ? [] : [rest];
    this.length = rest.length;
  }
}

/**
 * Reads single files out of a gzipped package archive (POSIX ustar with pax and GNU long names) while it arrives, and
 * stops as soon as all are found. `wanted` are paths inside the package, without its first folder (npm names it
 * `package/`, but not always). Links and folders are never followed.
 * @returns what was found, by wanted path. @throws on what is not gzip or not tar.
 */
export async function filesOfArchive(
  archive: AsyncIterable<Buffer>,
  wanted: readonly string[],
  limits: TarLimits,
): Promise<Map<string, Buffer>> {
  const isWanted = (entry: Entry, path: string) =>
    entry.type === '0' && wanted.includes(path) && entry.size <= limits.maxFileBytes;
  const unpacked = Readable.from(archive).on('error', (error) => gunzip.destroy(error));
  const gunzip = createGunzip();
  unpacked.pipe(gunzip);
  const bytes = new ByteSource((gunzip as AsyncIterable<Buffer>)[Symbol.asyncIterator]());
  const found = new Map<string, Buffer>();
  try {
    let longName: string | undefined;
    while (found.size < wanted.length && bytes.taken < limits.maxBytes) {
      const entry = readHeader(await bytes.take(BLOCK));
      if (entry === undefined) break;
      const path = withoutFirstFolder(longName ?? entry.name);
      longName = undefined;
      if (entry.type === 'x' || entry.type === 'L') longName = await readLongName(bytes, entry);
      else if (isWanted(entry, path)) found.set(path, Buffer.from(await bytes.take(entry.size)));
      else await bytes.skip(entry.size);
      await bytes.skip((BLOCK - (entry.size % BLOCK)) % BLOCK);
    }
    return found;
  } finally {
    unpacked.destroy();
    gunzip.destroy();
  }
}

function withoutFirstFolder(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

function textAt(block: Buffer, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

/** Octal digits, or base-256 when the first bit is set (GNU, for large values). */
function numberAt(block: Buffer, from: number, length: number): number {
  if ((block.readUInt8(from) & 0x80) === 0) return Number.parseInt(textAt(block, from, length).trim() || '0', 8);
  return block.readUIntBE(from + length - 6, 6);
}

/** Undefined at the end of the archive. */
function readHeader(block: Buffer): Entry | undefined {
  if (block.length < BLOCK || block.every((byte) => byte === 0)) return undefined;
  // The checksum counts its own field as spaces; it tells an archive from arbitrary bytes.
  let sum = 8 * 32;
  block.forEach((byte, index) => (sum += index >= 148 && index < 156 ? 0 : byte));
  const size = numberAt(block, 124, 12);
  if (sum !== numberAt(block, 148, 8) || !Number.isSafeInteger(size) || size < 0) throw new Error('not a tar archive');
  const prefix = textAt(block, 257, 5) === 'ustar' ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  const type = String.fromCharCode(block.readUInt8(156)).replace('\0', '0').replace('7', '0');
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type };
}

async function readLongName(bytes: ByteSource, entry: Entry): Promise<string | undefined> {
  if (entry.size > MAX_HEADER_BODY) throw new Error('tar header too long');
  const body = (await bytes.take(entry.size)).toString('utf8');
  if (entry.type === 'L') return body.split('\0', 1)[0];
  // pax records: `<length> <key>=<value>\n`
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(body)?.[1];
}
