import {
  formatBytes,
  formatCount,
  formatDuration,
  formatExact,
  formatNumber,
  formatRate,
  formatShare,
  roundFigure,
} from './format.js';

it('numbers keep three digits and never become 1,000 of a smaller unit', () => {
  expect(
    [0, 0.8333, 33.333, 999.4, 1_000, 105_600.4, 999_999, 999_999.6, 26_280_000, 4.32e9].map(formatNumber),
  ).toEqual(['0', '0.833', '33.3', '999', '1,000', '105,600', '999,999', '1 M', '26.3 M', '4.32 bn']);
});
it('a count is whole from ten on', () => {
  expect([0.5, 6.67, 66.67, 4_000.4].map(formatCount)).toEqual(['0.5', '6.67', '67', '4,000']);
});
it('durations change their unit at a readable size', () => {
  expect([0.015, 1.5, 119, 204, 1_068, 7_200, 172_800, 3e9, Infinity].map(formatDuration)).toEqual([
    '15 ms',
    '1.5 s',
    '119 s',
    '3.4 min',
    '18 min',
    '2 h',
    '2 days',
    '95 years',
    'never',
  ]);
});
it('rates, bytes, shares and exact numbers', () => {
  expect([33.33, 0.133333, 0.001].map(formatRate)).toEqual(['33.3 /s', '8 /min', '3.6 /h']);
  expect([172_800, 3.24e12].map(formatBytes)).toEqual(['173 kB', '3.24 TB']);
  expect([formatShare(0.00015), formatExact(99.95), formatExact(45_000)]).toEqual(['0.015 %', '99.95', '45,000']);
});
it('columns of a table are round', () => {
  expect([26.7, 53.3, 100, 0].map(roundFigure)).toEqual([25, 50, 100, 0]);
});
