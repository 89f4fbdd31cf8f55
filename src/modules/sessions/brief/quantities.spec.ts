import fc from 'fast-check';
import { quantitiesOf, sameNoun } from './quantities.js';
import { plural, singular, withArticle } from './nouns.js';

const one = (text: string) => {
  const found = quantitiesOf(text);
  expect(found).toHaveLength(1);
  return found[0]!;
};

describe('quantities', () => {
  it.each([
    ['2,000 sales per minute', 'rate', 2000 / 60, 'sales'],
    ['20 000 readings a second', 'rate', 20000, 'readings'],
    ['1.5k requests/s', 'rate', 1500, 'requests'],
    ['300 rps', 'rate', 300, 'requests'],
    ['3 million events per day', 'rate', 3e6 / 86400, 'events'],
    ['40 orders an hour', 'rate', 40 / 3600, 'orders'],
    ['within 2 seconds', 'duration', 2, undefined],
    ['800 ms', 'duration', 0.8, undefined],
    ['every 15 seconds', 'duration', 15, undefined],
    ['a 10-minute peak', 'duration', 600, undefined],
    ['90 days after the event', 'duration', 7776000, undefined],
    ['99.9 % uptime', 'share', 0.999, undefined],
    ['180 bytes', 'size', 180, undefined],
    ['5 GB', 'size', 5e9, undefined],
    ['10 000 users', 'count', 10000, 'users'],
    ['two back-end engineers', 'count', 2, 'back-end engineers'],
    ['50-200 sensors', 'count', 200, 'sensors'],
    ['900 €', 'money', 900, undefined],
    ['$1,200', 'money', 1200, undefined],
  ])('reads %j as a %s', (text, kind, value, noun) => {
    const found = one(text);
    expect(found.kind).toBe(kind);
    expect(found.value).toBeCloseTo(value, 9);
    expect(found.noun).toBe(noun);
    expect(text).toContain(found.words);
  });

  it.each(['ISO 27001', 'WCAG 2.2', 'at 07:00', '24/7', 'B2B', 'Apache-2.0', 'the 1st', 'version 3', 'one of them'])(
    'takes no amount from %j',
    (text) => {
      expect(quantitiesOf(text)).toEqual([]);
    },
  );

  it('keeps the lower end of a range and the marks around an amount', () => {
    expect(one('50-200 sensors').qualifiers).toContain('from 50');
    expect(one('at most 5 MB').qualifiers).toContain('at most');
    expect(one('within 1 minute').qualifiers).toContain('within');
  });

  it('gives a rate without a noun the noun of the one before it', () => {
    expect(quantitiesOf('120 orders per minute, 8 per minute otherwise')[1]).toMatchObject({ noun: 'orders' });
  });

  it('reads its own words again to the same value', () => {
    const unit = fc.constantFrom(
      'ms',
      'seconds',
      'min',
      'hours',
      'days',
      'kB',
      'MB',
      '%',
      'EUR',
      'orders per minute',
      'sensors',
    );
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 999_999 }), unit, fc.boolean(), (amount, words, grouped) => {
        const digits = grouped ? String(amount).replace(/\B(?=(\d{3})+$)/gu, ',') : String(amount);
        const [first] = quantitiesOf(`about ${digits} ${words} here`);
        const [again] = quantitiesOf(first!.words);
        expect(first!.written.amount).toBe(amount);
        expect([again!.kind, again!.value]).toEqual([first!.kind, first!.value]);
      }),
    );
  });
});

describe('nouns', () => {
  it.each([
    ['sales', 'sale'],
    ['sensor readings', 'sensor reading'],
    ['batteries', 'battery'],
    ['boxes', 'box'],
    ['addresses', 'address'],
    ['status', 'status'],
    ['people', 'person'],
  ])('knows the singular of %s', (many, single) => {
    expect(singular(many)).toBe(single);
    expect(plural(single)).toBe(many === 'status' ? 'statuses' : many);
  });

  it('compares by the last word', () => {
    expect(sameNoun('sensor readings', 'a reading')).toBe(true);
    expect(sameNoun('orders', 'order lines')).toBe(false);
  });

  it('chooses the article by sound', () => {
    expect(['order', 'ERP system', 'user', 'hour', 'MQTT message', 'label'].map(withArticle)).toEqual([
      'an order',
      'an ERP system',
      'a user',
      'an hour',
      'an MQTT message',
      'a label',
    ]);
  });
});
