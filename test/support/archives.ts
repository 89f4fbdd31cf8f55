import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

/** One entry of a zip; what is not given is as an honest packer writes it. */
export interface ZipPart {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** 8: deflate (the default), 0: stored. */
  readonly method?: number;
  readonly flags?: number;
  /** `st_mode` of the file. */
  readonly mode?: number;
  readonly extra?: Buffer;
  readonly comment?: Buffer;
  /** What the directory says instead of the truth. */
  readonly declared?: {
    readonly size?: number;
    readonly packed?: number;
    readonly crc?: number;
    readonly offset?: number;
  };
}

export interface ZipEnd {
  readonly entries?: number;
  readonly disk?: number;
  readonly offset?: number;
  readonly comment?: Buffer;
  /** Stands between the directory and its end. */
  readonly before?: Buffer;
}

const UTF8 = 0x800;

/** A zip archive, byte by byte, so that every field can lie. */
export function zipOf(parts: readonly ZipPart[], end: ZipEnd = {}): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const content = Buffer.from(part.content ?? '');
    const packed = (part.method ?? 8) === 8 ? deflateRawSync(content) : content;
    const fields = fieldsOf(part, name, content, packed);
    const header = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, packed]);
    local.push(header);
    central.push(directoryEntry(part, fields, name, part.declared?.offset ?? offset));
    offset += header.length;
  }
  const directory = Buffer.concat([...central, end.before ?? Buffer.alloc(0)]);
  return Buffer.concat([...local, directory, zipEnd(parts.length, directory.length, offset, end)]);
}

/** What a local header and the directory both say. */
function fieldsOf({ method = 8, flags = UTF8, declared = {} }: ZipPart, name: Buffer, content: Buffer, packed: Buffer) {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(flags, 2);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt32LE(declared.crc ?? crc32(content), 10);
  fields.writeUInt32LE(declared.packed ?? packed.length, 14);
  fields.writeUInt32LE(declared.size ?? content.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

function directoryEntry({ extra, comment, mode }: ZipPart, fields: Buffer, name: Buffer, offset: number): Buffer {
  const head = Buffer.alloc(6, 'PK\x01\x02', 'latin1');
  head.writeUInt16LE((3 << 8) | 20, 4);
  const rest = Buffer.alloc(14);
  rest.writeUInt16LE(comment?.length ?? 0, 0);
  rest.writeUInt32LE(((mode ?? 0o100644) << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  const own = Buffer.from(fields);
  own.writeUInt16LE(extra?.length ?? 0, 24);
  return Buffer.concat([head, own, rest, name, extra ?? Buffer.alloc(0), comment ?? Buffer.alloc(0)]);
}

function zipEnd(count: number, size: number, offset: number, end: ZipEnd): Buffer {
  const record = Buffer.alloc(22, 'PK\x05\x06', 'latin1');
  record.fill(0, 4);
  record.writeUInt16LE(end.disk ?? 0, 4);
  record.writeUInt16LE(end.entries ?? count, 8);
  record.writeUInt16LE(end.entries ?? count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(end.offset ?? offset, 16);
  record.writeUInt16LE(end.comment?.length ?? 0, 20);
  return Buffer.concat([record, end.comment ?? Buffer.alloc(0)]);
}

export interface TarPart {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** `0` file (the default), `1` hard link, `2` symbolic link, `3` device, `5` folder, `x` pax header … */
  readonly type?: string;
  readonly link?: string;
  /** What the header says instead of the truth. */
  readonly size?: number;
}

/** A tar archive in the format of POSIX (ustar), byte by byte. */
export function tarOf(parts: readonly TarPart[], padding = 1024): Buffer {
  return Buffer.concat([...parts.flatMap(blocksOf), Buffer.alloc(padding)]);
}

export const tarGzOf = (parts: readonly TarPart[], padding?: number): Buffer => gzipSync(tarOf(parts, padding));

function blocksOf({ name, content = '', type = '0', link = '', size }: TarPart): Buffer[] {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  Buffer.from(name).copy(header, 0, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${(size ?? body.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link.slice(0, 100), 157);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}

/** A record of a pax header, which counts its own length. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  for (let length = rest.length; ; length += 1)
    if (String(length).length + Buffer.byteLength(rest) === length) return `${length}${rest}`;
}
