import fc from 'fast-check';
import { instant } from './instant.js';

describe('a moment in a query', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31T12:00:00-23:59', '2026-02-01T11:59:00.000Z'],
    ['2026-01-31T12:00:00.123456Z', '2026-01-31T12:00:00.123456Z'],
    ['2026-01-31T12:00:00.123456789Z', '2026-01-31T12:00:00.123456Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
  ])('%s is read as %s', (text, expected) => {
    expect(instant.parse(text)).toBe(expected);
  });

  it.each([
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '+275760-09-13T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-01-31T24:00:01Z',
    '2026-01-31T12:00:60Z',
    '2026-01-31',
    '2026',
    '1',
    'Jan 1 2026',
    'yesterday',
    'now',
    'infinity',
    '',
    "2026-01-31T12:00:00Z'--",
    '2026-01-31T12:00:00Z\0',
  ])('%j is none', (text) => {
    const { error } = instant.safeParse(text);
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.message).toMatch(/^must be a time/);
  });

  it('what is taken has four digits of a year and is in UTC', () => {
    const dates = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    fc.assert(
      fc.property(dates, (text) => {
        const { data } = instant.safeParse(text);
        if (/^\d{4}-/.test(text) && !text.startsWith('0000')) expect(data).toBe(text);
        else expect(data).toBeUndefined();
      }),
    );
  });
});
