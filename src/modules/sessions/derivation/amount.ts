/** A value on its way into a sentence: how it is printed, and the id or key it comes from. */
import type { Need, Quantity } from '../brief/brief.types.js';
import { formatExact } from './format.js';

export interface Amount {
  readonly value: number;
  /** Base unit: `/s`, `s`, `B`, `` for pieces. */
  readonly unit: string;
  readonly shown: string;
  /** `N6`, `A:peakDuration`, `D:peakRate` or `default`. */
  readonly from: string;
}

const BASE_UNITS: Readonly<Record<Quantity['kind'], string>> = {
  rate: '/s',
  duration: 's',
  count: '',
  size: 'B',
  money: '',
  share: '',
  ratio: '',
};

/** The digits of the brief (`3 million`, `10 000`), so that a reader finds them again; a spelled number becomes digits. */
function asWritten({ words, written }: Quantity): string {
  const digits = /^\d[\d.,'’ \u00a0\u202f\u2009]*\d|^\d/u.exec(words)?.[0];
  const times =
    /^\s?(?:k|m|bn|mn|thousand|million|billion)(?![\p{L}\p{N}])/iu.exec(words.slice(digits?.length ?? 0))?.[0] ?? '';
  const isRange = written.amount !== Number(digits?.replace(/[^\d.]/gu, '')) && times === '';
  return digits === undefined || isRange ? formatExact(written.amount) : digits + times;
}

/** As the brief wrote it: `2,000`, `15 min`, `180 B`, `99.9 %`, `800 USD`. */
export function writtenAmount(quantity: Quantity): string {
  const { amount, unit } = quantity.written;
  const number = asWritten(quantity);
  if (quantity.kind === 'rate' || unit === '' || unit === 'times') return number;
  return `${number} ${amount === 1 ? unit.replace(/^(day|week|month|quarter|year)s$/u, '$1') : unit}`;
}

/** The amount of a need. */
export const stated = (need: Need, quantity: Quantity): Amount => ({
  value: quantity.value,
  unit: BASE_UNITS[quantity.kind],
  shown: writtenAmount(quantity),
  from: need.id,
});

/** A limit of a template: printed in italics, yours to change. */
export const byDefault = (value: number, shown = formatExact(value), unit = ''): Amount => ({
  value,
  unit,
  shown,
  from: 'default',
});

/** The same value printed in another way (`78,000` for 77,976 would be wrong: only the unit may change). */
export const shownAs = (amount: Amount, shown: string): Amount => ({ ...amount, shown });
