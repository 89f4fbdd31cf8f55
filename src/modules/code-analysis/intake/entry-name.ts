const LONGEST_SHOWN = 200;
/** Folders in folders; no source tree is deeper. */
const MOST_PARTS = 64;
/** As file systems have it. */
const LONGEST_PART = 255;

/**
 * Why a name may be no name of an archive of ours: made to land outside of the folder it is unpacked in, on one system or
 * another. Nothing is ever written under such a name here, but who packs one means harm, or has lost what the tree was.
 * @returns words that follow the name, undefined for a harmless one
 */
export function nameFault(name: string): string | undefined {
  if (name.includes('\0')) return 'holds a NUL character';
  if (name.includes('\\')) return 'holds a backslash: parts of a path are joined by /';
  if (name.startsWith('/')) return 'is absolute: paths are relative to the root of the code';
  if (/^[a-z]:/i.test(name)) return 'begins with a drive letter: paths are relative to the root of the code';
  if (name.split('/').includes('..')) return 'leads out of its folder by ".."';
  return undefined;
}

/** The path of a harmless name: without `.`, empty parts and a slash at the end. Empty for the root itself. */
export function pathOf(name: string): string {
  if (!/(?:^|\/)(?:\.?\/|\.?$)/.test(name)) return name;
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** Control, format and bidirectional characters, and what a decoder puts in place of bytes that are no UTF-8. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u;

/** Whether a harmless path is one that can be shown and stored. */
export function isFitName(path: string, pathBytes: number): boolean {
  return !UNFIT.test(path) && Buffer.byteLength(path) <= pathBytes && hasFitParts(path.split('/', MOST_PARTS + 1));
}

const hasFitParts = (parts: readonly string[]) =>
  parts.length <= MOST_PARTS && parts.every(({ length }) => length <= LONGEST_PART);

/** A name as it may be shown to its sender: at most 200 characters, what can't be seen as its code point. */
export function shownName(name: string): string {
  const seen = [...name.slice(0, LONGEST_SHOWN)].map((one) =>
    UNFIT.test(one) ? `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}` : one,
  );
  return `${seen.join('')}${name.length > LONGEST_SHOWN ? '…' : ''}`;
}

/** `"name" fault`. */
export const faultOf = (name: string, fault: string) => `"${shownName(name)}" ${fault}`;

/**
 * Two entries of one path, and files that are folders of others: which of the two is meant, nobody can say.
 * @param files paths of the files @returns faults, in the order of the paths
 */
export function conflictsOf(files: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = files.filter((path) => (seen.has(path) ? true : !seen.add(path)));
  const folders = new Set(files.flatMap(foldersOf));
  return [
    ...[...new Set(twice)].map((path) => faultOf(path, 'is there twice')),
    ...[...seen].filter((path) => folders.has(path)).map((path) => faultOf(path, 'is a file and a folder at once')),
  ];
}

/** The folders a path lies in, the outermost first. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}
