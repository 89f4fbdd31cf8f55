import fc from 'fast-check';
import { derive } from '../derivation/derive.js';
import { recompute } from '../derivation/formulas.js';
import { untracedNumbers } from '../derivation/statement.js';
import type { Brief } from '../sessions.types.js';
import { clausesOf } from './clauses.js';
import { EXEMPLAR, VOCABULARY } from './exemplar.fixture.js';
import { LEXICON } from './lexicon.js';
import { readBrief } from './read-brief.js';
import { segmentsOf } from './segments.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc
    .array(
      fc.constantFrom(
        '2,000',
        '1.5k',
        '10 000',
        '50-200',
        'two',
        '%',
        'ms',
        'GB',
        'per',
        'every',
        'within',
        'minute',
        'sales',
        'orders',
        'sensors',
        'send',
        'a reading',
        'pay by card',
        'upload a PDF',
        'deleted',
        'kept for',
        'after the',
        'e-mail',
        'search by',
        ',',
        ';',
        '.',
        '\n- ',
        'EU',
        'MIT',
        'PostgreSQL',
        'Node.js 24',
        'for',
        'otherwise',
        'days',
        'sees only',
        'export',
        'rows',
        '99.9',
        'availability',
        'payout',
        'reserves',
        'fraud checks must finish',
        'dashboard opens',
        'silent',
        '0',
        'alarm',
        'may be down for',
        'import',
        'at the same time',
        'charts',
        'shall',
        'managers',
        'budget',
      ),
      { maxLength: 60 },
    )
    .map((words) => words.join(' ')),
);
const brief = fc.record({
  name: text,
  projectType: text,
  requirements: fc.array(text, { maxLength: 6 }),
  techStack: fc.dictionary(fc.string(), text, { maxKeys: 3 }),
  constraints: fc.record({ licenses: fc.array(text, { maxLength: 3 }), budgetUsd: fc.double() }, { requiredKeys: [] }),
}) as fc.Arbitrary<Brief>;

describe('for any brief', () => {
  it.each(['__proto__', 'constructor', 'toString'])('%s is a word like any other', (word) => {
    const given = {
      name: word,
      projectType: `${word} api`,
      requirements: [`Users store 10 ${word}s a day and search by ${word}; each ${word} has 4 ${word}s.`],
      techStack: { [`x${word}`]: word },
      constraints: { licenses: [word] },
    };
    const read = readBrief(given, VOCABULARY);
    expect(read.constraints.licenses).toEqual([word]);
    expect(() => derive(read)).not.toThrow();
  });

  it('each need is the substring at its offset, and clauses never overlap', () => {
    fc.assert(
      fc.property(brief, (given) => {
        const segments = new Map(segmentsOf(given).map((segment) => [segment.pointer, segment.text]));
        const ends = new Map<string, number>();
        for (const need of readBrief(given, VOCABULARY).needs) {
          expect(segments.get(need.pointer)!.slice(need.start, need.end)).toBe(need.text);
          expect(need.start).toBeGreaterThanOrEqual(ends.get(need.pointer) ?? 0);
          ends.set(need.pointer, need.end);
          for (const trigger of need.triggers) expect(need.text).toContain(trigger.words);
          for (const quantity of need.quantities) expect(need.text).toContain(quantity.words);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reading and deriving never throw, are deterministic, and keep their promises', () => {
    fc.assert(
      fc.property(brief, (given) => {
        const read = readBrief(given, VOCABULARY);
        const derivation = derive(read);
        expect(derive(readBrief(structuredClone(given), VOCABULARY))).toEqual(derivation);
        for (const one of derivation.derived) expect(recompute(one)).toBe(one.value);
        for (const one of derivation.requirements) {
          expect(one.statement.match(/\bshall\b/gi)?.length).toBe(1);
          expect([one.statement, untracedNumbers(one)]).toEqual([one.statement, []]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('no letter of a text is lost between the clauses', () => {
    fc.assert(
      fc.property(text, (given) => {
        const inside = clausesOf(given)
          .map(({ start, end }) => given.slice(start, end))
          .join('');
        const letters = (words: string): number => words.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
        expect(letters(inside)).toBe(letters(given));
      }),
    );
  });
});

// A quarter of the largest brief: what takes time by the square of the length would still take minutes.
describe('a text of 64 KB', () => {
  const SIZE = 65_536;
  const fill = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);

  // A pattern that backtracks needs hours for these; the promise is that reading ends.
  it.each([
    'a',
    ' ',
    ',',
    '1',
    '1,000',
    '1 000 ',
    '-',
    'a-',
    '2 sales ',
    'upload ',
    'sees only ',
    'search by ',
    'after the ',
    '.',
    'a.b',
    'x ; ',
    '😀',
    '\uD800',
    'MIT licence ',
    'an order has 4 ',
    'within ',
    '5 % ',
    '{D:peak}',
  ])('made of %j is read', (unit) => {
    const read = readBrief({ ...EXEMPLAR, requirements: [fill(unit)] }, VOCABULARY);
    expect(read.needs.every((need) => need.text.length <= 600 || need.pointer !== '/requirements/0')).toBe(true);
  });

  it('of ordinary sentences is read and derived', () => {
    const derivation = derive(
      readBrief(
        { ...EXEMPLAR, requirements: [fill('120 orders per minute are paid by card and kept for 3 years. ')] },
        VOCABULARY,
      ),
    );
    expect(derivation.requirements.length).toBeGreaterThan(0);
  });
});

describe('the lexicon', () => {
  it('has about 120 rules with unique ids, and no pattern with nested repetition', () => {
    const ids = LEXICON.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(120);
    for (const rule of LEXICON) expect(rule.words?.source ?? '').not.toMatch(/[+*]\)[+*]/);
  });
});
