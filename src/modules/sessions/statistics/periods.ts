/** Hours, days and months of UTC, and which of them make up a span of time. */

export const GRAINS = ['hour', 'day', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

/** From the first moment until before the second, in milliseconds since 1970; infinite when open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Part extends Span {
  readonly grain: Grain;
}

export const HOUR_MS = 3_600_000;

/** Start of the period that the moment is in. */
export function floorTo(grain: Grain, at: number): number {
  if (!Number.isFinite(at)) return at;
  const date = new Date(at);
  if (grain === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  return at - modulo(at, grain === 'day' ? 24 * HOUR_MS : HOUR_MS);
}

/** Start of the period after that of the moment. */
export function nextOf(grain: Grain, at: number): number {
  const date = new Date(floorTo(grain, at));
  if (grain === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  return date.getTime() + (grain === 'day' ? 24 * HOUR_MS : HOUR_MS);
}

/**
 * The fewest whole periods that make up a span of whole hours, none longer than `longest`: months in the middle, days around
 * them, hours at the edges. An open end is made of the longest.
 */
export function partsOf({ from, to }: Span, longest: Grain): readonly Part[] {
  if (from >= to) return [];
  const finer = GRAINS[GRAINS.indexOf(longest) - 1];
  if (finer === undefined) return [{ grain: longest, from, to }];
  const first = floorTo(longest, from) === from ? from : nextOf(longest, from);
  const end = floorTo(longest, to);
  if (first >= end) return partsOf({ from, to }, finer);
  return [
    ...partsOf({ from, to: first }, finer),
    { grain: longest, from: first, to: end },
    ...partsOf({ from: end, to }, finer),
  ];
}

/** The periods of a finite span, the first and the last cut to it. */
export function periodsOf({ from, to }: Span, grain: Grain): readonly Span[] {
  const periods: Span[] = [];
  for (let at = from; at < to; at = nextOf(grain, at)) periods.push({ from: at, to: Math.min(to, nextOf(grain, at)) });
  return periods;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
