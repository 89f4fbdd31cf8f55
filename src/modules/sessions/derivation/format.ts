/** Numbers as documents print them: rounded once, here, from the exact value; no locale functions. */

const grouped = (integer: string): string => integer.replace(/\B(?=(?:\d{3}){1,9}$)/gu, ',');

function plain(value: number, digits: number): string {
  const [integer = '0', fraction = ''] = value.toFixed(digits).split('.');
  const kept = fraction.replace(/(?<!0)0+$/u, '');
  return grouped(integer) + (kept === '' ? '' : `.${kept}`);
}

/** Three significant digits below 1,000, whole numbers below a million, then `26.3 M`, `4.32 bn`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '∞';
  if (value < 0) return `−${formatNumber(-value)}`;
  for (const [limit, sign] of [
    [1e12, 'tn'],
    [1e9, 'bn'],
    [999_999.5, 'M'],
  ] as const) {
    if (value >= limit) return `${significant(value / (sign === 'M' ? 1e6 : limit))} ${sign}`;
  }
  return value >= 1_000 ? plain(Math.round(value), 0) : significant(value);
}

function significant(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(value)));
  return plain(value, Math.min(digits, 6));
}

/** A number of things: whole when it is 10 or more. */
export const formatCount = (value: number): string =>
  value >= 10 && value < 999_999.5 ? plain(Math.round(value), 0) : formatNumber(value);

/** As a person wrote it: `2,000`, `99.95`, `0.5`. No rounding to significant digits. */
export function formatExact(value: number): string {
  const text = String(Number(value.toPrecision(12)));
  if (text.includes('e')) return formatNumber(value);
  const [integer = '0', fraction] = text.split('.');
  return grouped(integer) + (fraction === undefined ? '' : `.${fraction}`);
}

/** Bytes with decimal prefixes. */
export function formatBytes(bytes: number): string {
  for (const [limit, sign] of [
    [1e15, 'PB'],
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ] as const) {
    if (bytes >= limit) return `${significant(bytes / limit)} ${sign}`;
  }
  return `${formatCount(bytes)} B`;
}

const twoDigits = (value: number): string => plain(value, value < 9.95 ? 1 : 0);

/** Seconds in the unit that keeps the number between 1 and about 120. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'never';
  if (seconds < 0.9995) return `${significant(seconds * 1_000)} ms`;
  if (seconds < 120) return `${twoDigits(seconds)} s`;
  if (seconds < 7_200) return `${twoDigits(seconds / 60)} min`;
  if (seconds < 172_800) return `${twoDigits(seconds / 3_600)} h`;
  return seconds < 94_608_000 ? `${twoDigits(seconds / 86_400)} days` : `${twoDigits(seconds / 31_536_000)} years`;
}

/** Events per second in the longest unit of time that is needed to reach 1. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 0.995) return `${formatNumber(perSecond)} /s`;
  if (perSecond * 60 >= 0.995) return `${formatNumber(perSecond * 60)} /min`;
  return perSecond * 3_600 >= 0.995
    ? `${formatNumber(perSecond * 3_600)} /h`
    : `${formatNumber(perSecond * 86_400)} /day`;
}

/** Of 0-1, in percent. */
export const formatShare = (share: number): string => `${formatExact(Number((share * 100).toPrecision(3)))} %`;

const STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The nearest round number, for the columns of a table. */
export function roundFigure(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  const best = STEPS.reduce((a, b) => (Math.abs(b - lead) < Math.abs(a - lead) ? b : a));
  return Number((best * power).toPrecision(6));
}
