import { EXEMPLAR, VOCABULARY } from './exemplar.fixture.js';
import { readBrief } from './read-brief.js';
import { isVerbatim } from './segments.js';
import type { Brief } from '../sessions.types.js';

const read = readBrief(EXEMPLAR, VOCABULARY);
const rulesOf = (id: string) => read.needs.find((need) => need.id === id)?.triggers.map((trigger) => trigger.rule);
const brief = (...requirements: string[]): Brief => ({ ...EXEMPLAR, requirements });
const textsOf = (...requirements: string[]) =>
  readBrief(brief(...requirements), VOCABULARY)
    .needs.slice(1)
    .map((need) => need.text);

describe('the brief of the exemplar', () => {
  it('is cut into its fourteen needs, verbatim', () => {
    expect(read.needs.map((need) => need.text)).toEqual([
      'Ticket resale marketplace',
      'Fans resell concert tickets at face value',
      'Sellers upload a PDF ticket',
      'buyers pay by card',
      'payout to the seller after the concert',
      '2,000 sales per minute in the minutes after a popular concert sells out, 50 per minute otherwise',
      'E-mail and push notifications',
      'Search by artist, city and date',
      'Fraud checks must finish within 2 seconds',
      'EU customers',
      'tickets and personal data are deleted 90 days after the event',
      'Two back-end engineers',
      'TypeScript, Node.js 24, PostgreSQL already in use',
      'only MIT/Apache-2.0/BSD/ISC licences',
    ]);
    expect(read.needs.every((need) => isVerbatim(EXEMPLAR, need))).toBe(true);
  });

  it('fires the rules a reviewer would', () => {
    expect(rulesOf('N1')).toEqual(['MARKET-1']);
    expect(rulesOf('N2')).toContain('PRICE-CAP');
    expect(rulesOf('N3')).toEqual(expect.arrayContaining(['UPLOAD-1', 'UNIQ-1']));
    expect(rulesOf('N4')).toEqual(['PAY-1', 'PAY-SCOPE']);
    expect(rulesOf('N5')).toEqual(['DELAYED-1', 'MONEY-HELD']);
    expect(rulesOf('N6')).toEqual(['RATE-1', 'HOT-1', 'BURST-1']);
    expect(rulesOf('N8')).toEqual(['SEARCH-FIELDS']);
    expect(rulesOf('N9')).toEqual(['DEADLINE-1']);
    expect(rulesOf('N11')).toContain('RETENTION-1');
    expect(rulesOf('N12')).toEqual(['TEAM-1']);
  });

  it('has its amounts in base units', () => {
    const [peak, normal] = read.needs[5]!.quantities;
    expect(peak).toMatchObject({ kind: 'rate', noun: 'sales', written: { amount: 2000, unit: '/min' } });
    expect(peak!.value).toBeCloseTo(33.333, 3);
    expect(normal).toMatchObject({ noun: 'sales', words: '50 per minute' });
    expect(normal!.qualifiers).toContain('normal');
  });

  it('knows what is in use, the engine and the licences, with "BSD" expanded visibly', () => {
    expect(read.inUse.map((one) => one.slug)).toEqual(['typescript', 'nodejs', 'postgresql']);
    expect(read.constraints.engines).toEqual({ node: '24.x' });
    expect(read.constraints.licenses).toEqual(['Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);
    expect(read.expansions).toEqual([{ from: 'BSD', to: ['BSD-2-Clause', 'BSD-3-Clause'], need: 'N14' }]);
  });
});

describe('clauses', () => {
  it('end at sentences, semicolons and lines, but not inside versions, names and abbreviations', () => {
    expect(textsOf('Runs on Node.js 24.1 with e.g. Redis. Costs 2.5 s; no more\n- a bullet')).toEqual([
      'Runs on Node.js 24.1 with e.g. Redis',
      'Costs 2.5 s',
      'no more',
      'a bullet',
    ]);
  });

  it('go on over a comma in a list and end at one before a new actor with a verb', () => {
    expect(textsOf('Mails go to buyers, sellers and admins')).toHaveLength(1);
    expect(textsOf('Sellers list a book, buyers automatically pay for it, and admins can refund')).toEqual([
      'Sellers list a book',
      'buyers automatically pay for it',
      'and admins can refund',
    ]);
  });

  it('that are too long are cut, so that no rule reads an endless line', () => {
    const texts = textsOf('word '.repeat(500));
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(600);
    expect(texts.join(' ').split(' ')).toHaveLength(500);
  });
});

describe('names and constraints', () => {
  it('takes "express" and "go" for words unless they are written as names', () => {
    const words = readBrief(brief('We go by express mail'), VOCABULARY);
    expect(words.needs[1]!.names).toEqual([]);
    const names = readBrief(brief('Our API uses Express and Go'), VOCABULARY);
    expect(names.needs[1]!.names).toEqual(['express', 'go']);
  });

  it('reads a forbidden name from words and from the structured field', () => {
    const given = { ...brief('We want no MongoDB'), constraints: { forbidden: ['left-pad'] } };
    expect(readBrief(given, VOCABULARY).constraints.forbidden).toEqual(['left-pad', 'mongodb']);
  });

  it('does not take a licence for allowed that the brief excludes', () => {
    expect(readBrief(brief('no MPL-2.0 licences'), VOCABULARY).constraints.licenses).toEqual([]);
  });

  it('passes a licence it does not know through instead of widening the list', () => {
    const given = { ...brief('A shop'), constraints: { licenses: ['Apache 2.0', 'WTFPL'] } };
    const { constraints, expansions } = readBrief(given, VOCABULARY);
    expect(constraints.licenses).toEqual(['Apache-2.0', 'WTFPL']);
    expect(expansions.map((one) => one.from)).toEqual(['Apache 2.0']);
  });

  it('keeps a version after a name out of the amounts', () => {
    expect(readBrief(brief('PostgreSQL 18 is used'), VOCABULARY).needs[1]!.quantities).toEqual([]);
  });

  it('keeps a statement it does not understand, without a trigger', () => {
    const need = readBrief(brief('The colour of the sky matters'), VOCABULARY).needs[1]!;
    expect(need.triggers).toEqual([]);
  });
});

describe('where data must stay', () => {
  const placeOf = (sentence: string) => readBrief(brief(sentence), VOCABULARY).constraints.place;

  it("is the owner's machines, a region, or nothing", () => {
    expect(placeOf("Data must not leave the company's data centre in Frankfurt.")).toEqual({
      words: "the company's data centre in Frankfurt",
      own: true,
    });
    expect(placeOf('All data must stay in Germany.')).toEqual({ words: 'Germany', own: false });
    expect(placeOf('Customers live in the EU.')).toBeUndefined();
  });
});
