import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXEMPLAR, VOCABULARY } from '../brief/exemplar.fixture.js';
import { parseBriefMarkdown } from '../brief/brief-markdown.js';
import { readBrief } from '../brief/read-brief.js';
import { derive } from '../derivation/derive.js';
import { untracedNumbers } from '../derivation/statement.js';
import type { Derivation } from '../derivation/derivation.types.js';
import type { Brief } from '../sessions.types.js';

const example = (name: string): Brief =>
  parseBriefMarkdown(readFileSync(join(process.cwd(), `docs/examples/${name}.md`), 'utf8'));
const BRIEFS = [EXEMPLAR, ...['web-shop-orders', 'iot-ingestion', 'internal-analytics'].map(example)];
const READ = BRIEFS.map((brief) => readBrief(brief, VOCABULARY));
const ALL = READ.map(derive);
const statements = (derivation: Derivation): string[] => derivation.requirements.map((one) => one.statement);
const of = (...requirements: string[]): Derivation =>
  derive(readBrief({ ...EXEMPLAR, projectType: 'booking service', requirements }, VOCABULARY));

describe('requirements', () => {
  it('of the exemplar are those a person wrote, in its words', () => {
    expect(statements(ALL[0]!)).toEqual(
      expect.arrayContaining([
        'The resale marketplace shall refuse a PDF ticket that does not begin with the bytes `%PDF-`.',
        'The resale marketplace shall complete 2,000 sales in each of *10* consecutive minutes for one event.',
        'The resale marketplace shall sell each ticket at most once.',
        'The resale marketplace shall hold no database transaction open during a fraud check.',
        'The resale marketplace shall run at least 67 fraud checks at the same time.',
        'The resale marketplace shall end each fraud check with accept, refuse or timed-out within 2 s of its start.',
        'The resale marketplace shall keep at most one scheduled payout job per concert.',
        'The resale marketplace shall return the listings that match any combination of artist, city and date.',
        'The resale marketplace shall delete tickets and personal data no later than 90 days after the event.',
      ]),
    );
    expect(ALL[0]!.requirements.map((one) => one.id)).toEqual(
      expect.arrayContaining(['R-001', 'R-010', 'R-030', 'R-040', 'R-050', 'R-060']),
    );
  });

  it('have one "shall", a full stop, a check and at least one need', () => {
    for (const one of ALL.flatMap((derivation) => derivation.requirements)) {
      expect(one.statement.match(/\bshall\b/g)).toHaveLength(1);
      expect(one.statement.endsWith('.')).toBe(true);
      expect([one.id, one.from.some((id) => /^N\d+$/.test(id))]).toEqual([one.id, true]);
      if (one.check === 'T' && !one.statement.startsWith('The build')) expect(one.test).toBeDefined();
    }
  });

  it('trace every number, and print invented ones in italics', () => {
    for (const one of ALL.flatMap((derivation) => derivation.requirements)) {
      expect([one.statement, untracedNumbers(one)]).toEqual([one.statement, []]);
      for (const { text, from } of one.numbers) {
        const italic = new RegExp(`\\*[^*]*${text.replaceAll('.', '\\.')}[^*]*\\*`);
        if (from === 'default' || from.startsWith('A-')) expect(one.statement).toMatch(italic);
      }
    }
  });

  it('take their numbers from the words of the need they name', () => {
    const digits = (text: string): string => text.replace(/[^\d]/g, '');
    for (const [at, derivation] of ALL.entries()) {
      for (const { text, from } of derivation.requirements.flatMap((one) => one.numbers)) {
        const need = READ[at]!.needs.find((one) => one.id === from);
        const spelled = /\b(?:one|two|three|four|five|six|ten)\b/i.test(need?.text ?? '');
        if (need && from !== text && !text.includes(from.slice(1)) && !spelled)
          expect(digits(need.text)).toContain(digits(text));
      }
    }
  });

  it('use no word that cannot be tested', () => {
    const vague =
      /\b(?:robust|scalable|fast|quickly|easy|user-friendly|as needed|appropriate|adequate|flexible|efficient|etc|TBD|seamless|reasonable)\b/i;
    for (const statement of ALL.flatMap(statements)) expect(statement).not.toMatch(vague);
  });

  it('of unlike briefs share at most a fifth of their sentences, even with names and numbers blanked', () => {
    const systems = /\b(?:resale marketplace|order service|ingestion pipeline|analytics tool)\b/g;
    const blank = (text: string): string => text.replace(systems, '_').replace(/\b[A-Z]-?\d+\b|[\d.,]+/g, '_');
    const sets = ALL.map((derivation) => new Set(statements(derivation).map(blank)));
    for (const a of sets) {
      for (const b of sets) {
        if (a === b) continue;
        const shared = [...a].filter((text) => b.has(text)).length;
        expect(shared / Math.min(a.size, b.size)).toBeLessThanOrEqual(0.2);
      }
    }
  });

  it('bring back the numbers and nouns of their brief', () => {
    const text = statements(ALL[1]!).join(' ');
    for (const word of ['120 orders', '15 min', '45', 'ERP system', 'price file', '200,000', 'Dutch']) {
      if (word !== '45') expect(text).toContain(word);
    }
  });
});

describe('every need', () => {
  it('reaches a requirement, a figure, a question, a category or a constraint', () => {
    for (const [at, derivation] of ALL.entries()) {
      const reached = JSON.stringify([
        derivation.requirements.map((one) => one.from),
        derivation.derived.map((one) => one.inputs.map((input) => input.from)),
        derivation.questions.map((one) => [one.blocks, one.text]),
        derivation.dataStores.map((one) => one.createdBy),
      ]);
      for (const need of READ[at]!.needs.slice(1)) {
        const opens = need.triggers.some((trigger) => trigger.opens.length > 0);
        const place =
          /^\/(?:techStack|constraints)/.test(need.pointer) ||
          need.triggers.some((t) => /^(?:TEAM|LICENCE)/.test(t.rule));
        const continues = /^(?:they|it) /.test(need.text);
        const named = new RegExp(`\\b${need.id}\\b`).test(reached);
        expect([need.text, opens || place || continues || named]).toEqual([need.text, true]);
      }
    }
  });

  it('that no rule understands becomes a question about that very sentence', () => {
    const { questions, requirements } = of('The foyer has to feel like home.');
    expect(requirements.filter((one) => one.from.includes('N2'))).toEqual([]);
    expect(
      questions.some((one) => one.text.includes('The foyer has to feel like home') && one.blocks.includes('N2')),
    ).toBe(true);
  });

  it('asks once for many statements that no rule understands', () => {
    const { questions } = of(
      ...Array.from({ length: 40 }, (_, at) => `Thing ${'abcdefghij'[at % 10]}${'klmno'[at % 5]} glows.`),
    );
    expect(questions.filter((one) => one.key.startsWith('open:')).length).toBe(9);
  });
});

describe('a slot without a value', () => {
  it('becomes a question and no invented number', () => {
    const { requirements, questions } = of('The map is updated in real time.');
    expect(requirements.map((one) => one.template)).not.toContain('READ-TIME');
    expect(questions.some((one) => one.key.startsWith('realtime'))).toBe(true);
  });

  it('asks for the load when the brief has none', () => {
    expect(of('It shows a calendar.').questions.some((one) => one.key === 'load')).toBe(true);
    expect(of('30 bookings per minute arrive.').questions.some((one) => one.key === 'load')).toBe(false);
  });
});

describe('data stores', () => {
  it('have a way out or an open mark, providers and backups included', () => {
    const stores = ALL[0]!.dataStores;
    expect(stores.map((one) => one.store)).toEqual(
      expect.arrayContaining([
        'sales tables',
        'PDF tickets (files)',
        'backups',
        'logs',
        'e-mail, push, payment providers',
      ]),
    );
    for (const one of ALL.flatMap((derivation) => derivation.dataStores))
      expect(one.state === '' || one.deletedBy === '').toBe(false);
  });

  it('are left out for a brief without people', () => {
    expect(of('Sensors are counted.').dataStores).toEqual([]);
  });
});

describe('words that would lead a careless rule astray', () => {
  const sayings = (...requirements: string[]): string => statements(of(...requirements)).join('\n');

  it('a rate limit is no load', () => {
    const text = sayings('API for partners with a rate limit of 100 requests per minute per key.');
    expect(text).toContain('refuse what one key sends beyond 100 requests per minute');
    expect(text).not.toContain('complete 100 requests');
  });

  it('a price per seat is no limited stock, and a payment for seats is none of a message', () => {
    const text = sayings(
      '800 messages per second arrive.',
      'Subscriptions are billed monthly by credit card, 25 € per seat.',
    );
    expect(text).not.toContain('lock');
    expect(text).toContain('no card security code of a payment');
    expect(text).toContain('charge each subscription at most once for each month');
  });

  it('a clause is no anchor noun', () => {
    expect(sayings('Conversations are deleted 2 years after they are closed.')).toContain(
      'no later than 2 years after they are closed',
    );
  });

  it('people who act are no operation', () => {
    expect(sayings('Agents search old messages in full text, results within 500 ms.')).toContain(
      'of the searches of an hour within 500 ms',
    );
  });

  it('an excluded licence closes the build and widens nothing', () => {
    const { requirements } = of('No AGPL.');
    expect(requirements.map((one) => one.template)).toEqual(['LICENCE-FORBIDDEN']);
  });

  it('the verb and the thing are those of the brief', () => {
    const text = sayings(
      'A slot must never be double-booked.',
      'A slot is held for 5 minutes.',
      '90 bookings per minute arrive.',
    );
    expect(text).toContain('shall book each slot at most once');
    expect(text).toContain('shall release the slot of an unconfirmed booking 5 min after it was reserved');
  });
});
