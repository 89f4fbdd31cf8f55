import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { paxRecord, tarGzOf, tarOf, type TarPart, zipOf, type ZipPart } from './archives.js';

/** An archive that means harm, and how it is answered. */
export interface Hostile {
  readonly bytes: () => Buffer;
  /** Code of the refusal, or the files that are taken in although others are left out. */
  readonly answer: string | { readonly files: readonly string[]; readonly leftOut: Readonly<Record<string, string>> };
}

const MB = 1024 * 1024;
const GOOD: ZipPart & TarPart = { name: 'src/app.ts', content: 'export const app = 1;\n' };
const FILES = ['src/app.ts'];
const zeros = (bytes: number) => Buffer.alloc(bytes);
/** Packs to a fiftieth: under the ratio that is taken for a bomb. */
function thick(bytes: number): Buffer {
  const made = Buffer.alloc(bytes, 'x');
  for (let at = 0; at < bytes - 12; at += 1000) NOISE.copy(made, at, (at * 7) % 99_000, ((at * 7) % 99_000) + 12);
  return made;
}
const NOISE = randomBytes(100_000);
const many = (count: number, of: (at: number) => ZipPart & TarPart) => Array.from({ length: count }, (_, at) => of(at));
const named = (name: string | Buffer) => ({ name, content: 'x' });
const pax = (body: string): TarPart => ({ name: 'PaxHeaders/x', type: 'x', content: body });

/** The last record of a zip64 archive: record, locator and end. */
function zip64End(count: bigint, offset: bigint): Buffer {
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 0, 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(count, 24);
  record.writeBigUInt64LE(count, 32);
  record.writeBigUInt64LE(offset, 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 0, 'latin1');
  return Buffer.concat([record, locator]);
}

function zip64(count: bigint, offset: bigint, recordAt = 0n): Buffer {
  const good = zipOf([GOOD]);
  const end = zip64End(count, offset);
  end.writeBigUInt64LE(recordAt === 0n ? BigInt(good.length - 22) : recordAt, 56 + 8);
  return Buffer.concat([good.subarray(0, -22), end, good.subarray(-22)]);
}

function zip64Size(size: bigint): Buffer {
  const extra = Buffer.alloc(12);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8, 2);
  extra.writeBigUInt64LE(size, 4);
  return zipOf([{ ...GOOD, extra, declared: { size: 0xffffffff } }]);
}

/** The first local file, pointed at by a thousand names. */
const shared = () =>
  zipOf([
    GOOD,
    ...many(1000, (at) => ({ name: `copy-${at}.ts`, content: '', declared: { offset: 0, packed: 24, size: 22 } })),
  ]);

const withIsize = (archive: Buffer, isize: number) => {
  const copy = Buffer.from(archive);
  copy.writeUInt32LE(isize >>> 0, copy.length - 4);
  return copy;
};

/** Kinds of hostile archives, and a few that are only odd. */
export const HOSTILE: Readonly<Record<string, Hostile>> = {
  // Too much of it.
  'zip: one file of zeros': {
    bytes: () => zipOf([{ name: 'zeros.txt', content: zeros(20 * MB) }]),
    answer: 'archive_bomb',
  },
  'zip: many files of zeros': {
    bytes: () => zipOf(many(200, (at) => ({ name: `f${at}.txt`, content: zeros(MB) }))),
    answer: 'archive_bomb',
  },
  'zip: a bomb in a bomb': {
    bytes: () =>
      zipOf([GOOD, { name: 'inner.zip', content: zipOf([{ name: 'z', content: zeros(20 * MB) }]), method: 0 }]),
    answer: { files: [...FILES, 'inner.zip'], leftOut: {} },
  },
  'zip: 10,000 entries': {
    bytes: () => zipOf(many(10_000, (at) => named(`f${at}`))),
    answer: 'upload_too_many_entries',
  },
  'zip: 1,000 entries on the same bytes': { bytes: shared, answer: 'archive_unsafe' },
  'zip: declares 4 GB': {
    bytes: () => zipOf([{ ...GOOD, declared: { size: 0xfffffffe } }]),
    answer: 'archive_bomb',
  },
  'zip: more than 50 MB, honestly': {
    bytes: () => zipOf(many(11, (at) => ({ name: `f${at}.txt`, content: thick(5 * MB) }))),
    answer: 'upload_unpacks_too_large',
  },
  'zip: one file beyond the size of a file': {
    bytes: () => zipOf([GOOD, { name: 'large.txt', content: thick(6 * MB) }]),
    answer: { files: FILES, leftOut: { 'large.txt': 'too-large' } },
  },
  'zip: has more than it declares': {
    bytes: () => zipOf([{ name: 'lie.txt', content: zeros(20 * MB), declared: { size: 100 } }]),
    answer: 'archive_damaged',
  },
  'zip: has less than it declares': {
    bytes: () => zipOf([{ ...GOOD, declared: { size: 4000 } }]),
    answer: 'archive_damaged',
  },
  'tar.gz: zeros': { bytes: () => tarGzOf([{ name: 'zeros.txt', content: zeros(20 * MB) }]), answer: 'archive_bomb' },
  'tar.gz: zeros that are no tar': { bytes: () => gzipSync(zeros(40 * MB)), answer: 'archive_damaged' },
  'tar.gz: declares less than comes': {
    bytes: () => withIsize(tarGzOf([{ name: 'zeros.txt', content: zeros(20 * MB) }]), 4096),
    answer: 'archive_damaged',
  },
  'tar.gz: declares more than comes': { bytes: () => withIsize(tarGzOf([GOOD]), 9000), answer: 'archive_damaged' },
  'tar.gz: 3,000 entries': {
    bytes: () => tarGzOf(many(3000, (at) => named(`f${at}`))),
    answer: 'upload_too_many_entries',
  },
  'tar.gz: one file beyond the size of a file': {
    bytes: () => tarGzOf([GOOD, { name: 'large.txt', content: thick(6 * MB) }]),
    answer: { files: FILES, leftOut: { 'large.txt': 'too-large' } },
  },
  'tar.gz: a pax header of 3 MB': {
    bytes: () =>
      tarGzOf([pax(paxRecord('comment', thick(3 * MB).toString('base64'))), { ...GOOD, content: thick(MB) }]),
    answer: 'archive_damaged',
  },
  'tar.gz: pax headers without end': {
    bytes: () =>
      tarGzOf([
        ...many(3000, () => ({
          ...pax(paxRecord('a', 'b').repeat(80)),
          content: paxRecord('a', randomBytes(60).toString('hex')),
        })),
        GOOD,
      ]),
    answer: 'archive_damaged',
  },
  'tar.gz: a pax header that gives a size': {
    bytes: () => tarGzOf([pax(paxRecord('size', '99999999999')), GOOD]),
    answer: 'upload_unpacks_too_large',
  },
  // Names that lead elsewhere.
  'zip: absolute name': { bytes: () => zipOf([GOOD, named('/etc/passwd')]), answer: 'archive_unsafe' },
  'zip: name with ..': { bytes: () => zipOf([GOOD, named('src/../../x')]), answer: 'archive_unsafe' },
  'zip: backslashes': { bytes: () => zipOf([named('src\\..\\x.ts')]), answer: 'archive_unsafe' },
  'zip: drive letter': { bytes: () => zipOf([named('C:/Windows/x')]), answer: 'archive_unsafe' },
  'zip: NUL in a name': { bytes: () => zipOf([named('a\0.ts')]), answer: 'archive_unsafe' },
  'zip: another name in the unicode field': {
    bytes: () => zipOf([{ ...named('a.ts'), extra: unicodePath('a.ts', '../a.ts') }]),
    answer: 'archive_unsafe',
  },
  'zip: the same name twice': { bytes: () => zipOf([GOOD, GOOD]), answer: 'archive_unsafe' },
  'zip: a file that is a folder': { bytes: () => zipOf([named('a'), named('a/b.ts')]), answer: 'archive_unsafe' },
  'zip: names that differ in case': {
    bytes: () => zipOf([named('README.md'), named('readme.md')]),
    answer: { files: ['README.md', 'readme.md'], leftOut: {} },
  },
  'zip: a name that is no UTF-8': {
    bytes: () => zipOf([GOOD, named(Buffer.from([0x61, 0xff, 0xfe]))]),
    answer: { files: FILES, leftOut: { 'a\\u{fffd}\\u{fffd}': 'bad-name' } },
  },
  'zip: a name of 60,000 bytes': {
    bytes: () => zipOf([GOOD, named('n'.repeat(60_000))]),
    answer: { files: FILES, leftOut: { [`${'n'.repeat(200)}…`]: 'bad-name' } },
  },
  'zip: 20,000 folders in each other': {
    bytes: () => zipOf([GOOD, named(`${'d/'.repeat(20_000)}x`)]),
    answer: { files: FILES, leftOut: { [`${'d/'.repeat(100)}…`]: 'bad-name' } },
  },
  'tar.gz: absolute name': { bytes: () => tarGzOf([GOOD, named('/etc/passwd')]), answer: 'archive_unsafe' },
  'tar.gz: name with ..': { bytes: () => tarGzOf([named('../../x'), GOOD]), answer: 'archive_unsafe' },
  'tar.gz: the name of the pax header leads elsewhere': {
    bytes: () => tarGzOf([pax(paxRecord('path', '../evil')), GOOD]),
    answer: 'archive_unsafe',
  },
  'tar.gz: the same name twice': { bytes: () => tarGzOf([GOOD, GOOD]), answer: 'archive_unsafe' },
  'tar.gz: a name that is no UTF-8': {
    bytes: () => tarGzOf([GOOD, named(Buffer.from([0x62, 0xff]))]),
    answer: { files: FILES, leftOut: { 'b\\u{fffd}': 'bad-name' } },
  },
  // Entries that are no files.
  'zip: symbolic link': {
    bytes: () => zipOf([GOOD, { name: 'link', content: '/etc/passwd', mode: 0o120777, method: 0 }]),
    answer: { files: FILES, leftOut: { link: 'link' } },
  },
  'zip: device': {
    bytes: () => zipOf([GOOD, { name: 'dev', mode: 0o020666 }]),
    answer: { files: FILES, leftOut: { dev: 'special' } },
  },
  'tar.gz: links and devices': {
    bytes: () =>
      tarGzOf([
        GOOD,
        { name: 'sym', type: '2', link: '/etc/passwd' },
        { name: 'hard', type: '1', link: '../../etc/passwd' },
        { name: 'dev', type: '3' },
        { name: 'pipe', type: '6' },
        { name: 'odd', type: 'S', content: 'sparse' },
      ]),
    answer: { files: FILES, leftOut: { sym: 'link', hard: 'link', dev: 'special', pipe: 'special', odd: 'special' } },
  },
  'zip: encrypted entry': {
    bytes: () =>
      zipOf([GOOD, { name: 'secret.ts', content: 'x'.repeat(40), method: 0, flags: 0x801, declared: { size: 28 } }]),
    answer: { files: FILES, leftOut: { 'secret.ts': 'encrypted' } },
  },
  'zip: strongly encrypted': { bytes: () => zipOf([{ ...GOOD, flags: 0x841 }]), answer: 'archive_damaged' },
  'zip: unknown compression': {
    bytes: () => zipOf([GOOD, { name: 'lzma.ts', content: 'x', method: 14 }]),
    answer: { files: FILES, leftOut: { 'lzma.ts': 'unreadable' } },
  },
  // Frames that lie.
  'zip: several disks': { bytes: () => zipOf([GOOD], { disk: 1 }), answer: 'archive_damaged' },
  'zip: more entries declared than there are': {
    bytes: () => zipOf([GOOD], { entries: 7 }),
    answer: 'archive_damaged',
  },
  'zip: directory beyond the end': { bytes: () => zipOf([GOOD], { offset: 0xfffffff0 }), answer: 'archive_damaged' },
  'zip64: 2^60 entries': { bytes: () => zip64(1n << 60n, 0n), answer: 'upload_too_many_entries' },
  'zip64: directory beyond the end': { bytes: () => zip64(1n, 1n << 50n), answer: 'archive_damaged' },
  'zip64: record beyond the end': { bytes: () => zip64(1n, 0n, 1n << 40n), answer: 'archive_damaged' },
  'zip64: 2^50 bytes in an entry': { bytes: () => zip64Size(1n << 50n), answer: 'archive_bomb' },
  'zip: local header elsewhere': {
    bytes: () => zipOf([{ ...GOOD, declared: { offset: 5 } }]),
    answer: 'archive_damaged',
  },
  'zip: packed bytes beyond the end': {
    bytes: () => zipOf([{ ...GOOD, declared: { packed: 100_000 } }]),
    answer: 'archive_damaged',
  },
  'zip: wrong checksum': { bytes: () => zipOf([{ ...GOOD, declared: { crc: 1 } }]), answer: 'archive_damaged' },
  'zip: 16,000 extra fields': {
    bytes: () => zipOf(many(300, (at) => ({ ...named(`f${at}`), extra: zeros(64_000) }))),
    answer: 'archive_damaged',
  },
  'zip: cut off': { bytes: () => zipOf([GOOD]).subarray(0, -10), answer: 'archive_damaged' },
  'zip: garbage after its end': { bytes: () => Buffer.concat([zipOf([GOOD]), zeros(10)]), answer: 'archive_damaged' },
  'tar.gz: cut off': {
    bytes: () => tarGzOf([{ ...GOOD, content: randomBytes(4000) }]).subarray(0, -900),
    answer: 'archive_damaged',
  },
  'tar.gz: garbage after its end': {
    bytes: () => Buffer.concat([tarGzOf([GOOD]), randomBytes(64)]),
    answer: 'archive_damaged',
  },
  'tar.gz: two archives in a row': {
    bytes: () => Buffer.concat([tarGzOf([GOOD]), tarGzOf([named('b.ts')])]),
    answer: 'archive_damaged',
  },
  'tar.gz: a file that ends before its size': {
    bytes: () => gzipSync(tarOf([{ ...GOOD, size: 90_000 }])),
    answer: 'archive_damaged',
  },
  'tar.gz: a negative size': { bytes: () => gzipSync(negativeSize()), answer: 'archive_damaged' },
  'tar.gz: no tar inside': { bytes: () => gzipSync(randomBytes(4096)), answer: 'archive_damaged' },
  'gzip: header alone': { bytes: () => gzipSync('').subarray(0, 12), answer: 'archive_damaged' },
  // Not an archive at all.
  'another kind of file': { bytes: () => Buffer.from('%PDF-1.7 src.zip'), answer: 'archive_type_unknown' },
  'a plain tar': { bytes: () => tarOf([GOOD]), answer: 'archive_type_unknown' },
  'no bytes': { bytes: () => Buffer.alloc(0), answer: 'upload_empty' },
  'zip: no entries': { bytes: () => zipOf([]), answer: 'upload_empty' },
  'zip: folders alone': { bytes: () => zipOf([{ name: 'src/' }, { name: 'src/a/' }]), answer: 'upload_empty' },
  'tar.gz: no entries': { bytes: () => tarGzOf([]), answer: 'upload_empty' },
  'more than 20 MB': {
    bytes: () => Buffer.concat([Buffer.from('PK\x03\x04'), zeros(20 * MB)]),
    answer: 'upload_too_large',
  },
};

/** Info-ZIP's field for a name in UTF-8, which readers prefer. */
function unicodePath(before: string, name: string): Buffer {
  const body = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from(name)]);
  body.writeUInt32LE(checksum(before), 1);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(0x7075, 0);
  head.writeUInt16LE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** CRC-32 of a name, from the packer that writes it into a local header. */
const checksum = (name: string) => zipOf([{ name: 'x', content: name }]).readUInt32LE(14);

/** The size in base 256, of which the first bit says that it is below zero; the sum of the header is right. */
function negativeSize(): Buffer {
  const tar = tarOf([GOOD]);
  tar.fill(0xff, 124, 136);
  tar.write('        ', 148);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return tar;
}
