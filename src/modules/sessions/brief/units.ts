/** Units a brief may use, each with its factor to the base unit (seconds, bytes). */

export interface Unit {
  readonly factor: number;
  /** As printed after a number: `days`. */
  readonly name: string;
}

const DAY = 86_400;

/** A month is 30 days and a year 365: the convention of every derived quantity, stated where one is shown. */
const TIME: readonly (readonly [string, number, string])[] = [
  ['ms|msec|millis|milliseconds?', 0.001, 'ms'],
  ['s|secs?|seconds?', 1, 's'],
  ['mins?|minutes?', 60, 'min'],
  ['h|hrs?|hours?', 3_600, 'h'],
  ['d|days?', DAY, 'days'],
  ['weeks?', 7 * DAY, 'weeks'],
  ['months?', 30 * DAY, 'months'],
  ['quarters?', 91 * DAY, 'quarters'],
  ['yrs?|years?', 365 * DAY, 'years'],
];

const SIZES: readonly (readonly [string, number, string])[] = [
  ['B|bytes?', 1, 'B'],
  ['[kK]B|kilobytes?', 1e3, 'kB'],
  ['KiB', 1_024, 'KiB'],
  ['MB|megabytes?', 1e6, 'MB'],
  ['MiB', 1_048_576, 'MiB'],
  ['GB|gigabytes?', 1e9, 'GB'],
  ['GiB', 1_073_741_824, 'GiB'],
  ['TB|terabytes?', 1e12, 'TB'],
  ['TiB', 1_099_511_627_776, 'TiB'],
  ['PB|petabytes?', 1e15, 'PB'],
];

const lookup = (table: readonly (readonly [string, number, string])[], flags: string) => {
  const rows = table.map(([names, factor, name]) => ({ test: new RegExp(`^(?:${names})$`, flags), factor, name }));
  return (word: string): Unit | undefined => rows.find((row) => row.test.test(word));
};

/** `hours` → 3,600 seconds. Case does not matter. */
export const timeUnit = lookup(TIME, 'iu');
/** `kB` → 1,000 bytes. Case matters: a lone `b` is a bit or a typing error, hence not understood. */
export const sizeUnit = lookup(SIZES, 'u');

export const TIME_PATTERN = TIME.map(([names]) => names).join('|');
export const SIZE_PATTERN = SIZES.map(([names]) => names).join('|');

const CURRENCIES: Readonly<Record<string, string>> = {
  '€': 'EUR',
  eur: 'EUR',
  euro: 'EUR',
  euros: 'EUR',
  $: 'USD',
  usd: 'USD',
  dollar: 'USD',
  dollars: 'USD',
  '£': 'GBP',
  gbp: 'GBP',
  pounds: 'GBP',
  chf: 'CHF',
};

/** ISO 4217 code of a currency sign or word. */
export const currencyOf = (word: string): string | undefined => CURRENCIES[word.toLowerCase()];
export const CURRENCY_PATTERN = '€|EUR|euros?|\\$|USD|dollars?|£|GBP|pounds|CHF';
