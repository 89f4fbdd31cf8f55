import { TextDecoder } from 'node:util';

const SNIFFED = 8192;
/** A text whose lines are this long on average was not written by a person. */
const LONGEST_MEAN_LINE = 250;
const SMALLEST_MINIFIED = 4096;
/** A single line that is half of the file and longer than this: minified after a licence of many short lines. */
const LONGEST_LINE = 20_000;
/** Long lines are usual in data, which is read as a whole: a specification in JSON may be one line. */
const DATA =
  /\.(json|jsonc|json5|geojson|webmanifest|har|ya?ml|xml|graphqls?|gql|proto|toml|csv|svg|md|mdx|sql|ipynb|txt|lock)$/i;

type Encoding = 'utf8' | 'utf-16le' | 'utf-16be';

/** By its mark, as editors on Windows leave it; everything else is taken for UTF-8. */
function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf8';
}

/** Whether it is no text: a NUL in its first 8 KB, as git tells. */
export function isBinary(bytes: Buffer): boolean {
  return encodingOf(bytes) === 'utf8' && bytes.subarray(0, SNIFFED).includes(0);
}

/** Whether a machine has taken the line breaks out of it. Data files never are minified in this sense. */
export function isMinified(path: string, bytes: Buffer): boolean {
  if (bytes.length < SMALLEST_MINIFIED || DATA.test(path)) return false;
  let lines = 1;
  let longest = 0;
  let from = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    longest = Math.max(longest, at - from);
    from = at + 1;
    lines += 1;
  }
  longest = Math.max(longest, bytes.length - from);
  return bytes.length / lines > LONGEST_MEAN_LINE || (longest > LONGEST_LINE && longest * 2 > bytes.length);
}

const DECODERS: Readonly<Record<Encoding, TextDecoder>> = {
  utf8: new TextDecoder('utf-8'),
  'utf-16le': new TextDecoder('utf-16le'),
  'utf-16be': new TextDecoder('utf-16be'),
};

/** Its text, without a byte order mark; what is no UTF-8 shows as U+FFFD, so that lines and columns stay where they are. */
export function textOf(bytes: Buffer): string {
  return DECODERS[encodingOf(bytes)].decode(bytes);
}
