import fc from 'fast-check';
import { topsis, topsisAbsolute } from './topsis.js';

describe('topsis', () => {
  // Data of the example of MCDA::TOPSIS (R package MCDA): price, economy, aesthetics, boot of three cars.
  const cars = [
    [5490, 51.4, 8.5, 285],
    [6500, 70.6, 7, 288],
    [6489, 54.3, 7.5, 290],
  ];
  const weights = [0.35, 0.25, 0.25, 0.15];
  const directions = ['min', 'max', 'max', 'max'] as const;
  const rounded = (values: number[]) => values.map((value) => Number(value.toFixed(4)));

  it('gives the published closeness of the three cars to 4 decimals', () => {
    expect(rounded(topsis(cars, weights, undefined, directions))).toEqual([0.4817, 0.5182, 0.178]);
  });

  it('gives the same with the ideal and its opposite stated', () => {
    const best = [0.179573776, 0.171636015, 0.159499658, 0.087302767];
    const worst = [0.212610118, 0.124958799, 0.131352659, 0.085797547];
    expect(rounded(topsis(cars, weights, { best, worst }, directions))).toEqual([0.4817, 0.5182, 0.178]);
  });

  it('gives the published closeness of two cars on three criteria', () => {
    const part = cars.slice(0, 2).map((row) => row.slice(0, 3));
    expect(rounded(topsis(part, weights.slice(0, 3), undefined, directions.slice(0, 3)))).toEqual([0.4943, 0.5057]);
  });

  it('on absolute scales gives 1 for the ideal, 0 for its opposite, and lies between for all else', () => {
    expect(topsisAbsolute([1, 1], [0.4, 0.6])).toBe(1);
    expect(topsisAbsolute([0, 0], [0.4, 0.6])).toBe(0);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }), (values) => {
        const closeness = topsisAbsolute(values, [0.4, 0.6]);
        return closeness >= 0 && closeness <= 1;
      }),
    );
  });
});
