import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXEMPLAR, VOCABULARY } from '../brief/exemplar.fixture.js';
import { parseBriefMarkdown } from '../brief/brief-markdown.js';
import { readBrief } from '../brief/read-brief.js';
import type { Brief } from '../sessions.types.js';
import type { Derivation } from './derivation.types.js';
import { derive } from './derive.js';
import { FORMULAS, recompute } from './formulas.js';
import { lockBudget } from './figures-work.js';
import { factsOf } from './facts.js';
import { Draft } from './draft.js';
import { loadFigures } from './figures-load.js';
import { workFigures } from './figures-work.js';

const of = (brief: Brief): Derivation => derive(readBrief(brief, VOCABULARY));
const example = (name: string): Brief =>
  parseBriefMarkdown(readFileSync(join(process.cwd(), `docs/examples/${name}.md`), 'utf8'));
const EXAMPLES = ['web-shop-orders', 'iot-ingestion', 'internal-analytics'].map(example);
const all = [EXEMPLAR, ...EXAMPLES].map(of);
const brief = (...requirements: string[]): Brief => ({ ...EXEMPLAR, projectType: 'a tool', requirements });
const shown = (derivation: Derivation, name: RegExp): string | undefined =>
  derivation.derived.find((one) => name.test(one.name))?.shown;

describe('the figures of the exemplar', () => {
  const exemplar = of(EXEMPLAR);
  it.each([
    [/^peak rate/, '33.3 sales/s'],
    [/^peak to normal/, '40 : 1'],
    [/^fraud checks under way/, '67'],
    [/\*\*inside\*\*/, '5 /s = 300 /min'],
    [/\*\*outside\*\*/, '0.5 of 10'],
    [/^messages at the peak/, '133 /s'],
    [/^messages of one peak/, '80,000'],
    [/^rate a provider must accept/, '46.7 messages/s'],
    [/hold stock at once/, '4,000'],
    [/of a normal day/, '72,000'],
    [/of a year/, '26.3 M'],
    [/^PDF tickets kept/, '10.8 M'],
    [/^storage of PDF tickets/, '3.24 TB'],
    [/^payouts waiting/, '4.32 M'],
    [/^payouts due/, '800 s = 13 min'],
    [/^longest lock/, '30 ms'],
    [/^sales of one peak/, '20,000'],
    [/without a failure/, 'failure rate < 0.015 % at 95 %'],
  ])('%s is %s', (name, value) => {
    expect(shown(exemplar, name)).toBe(value);
  });

  it('print the backlog and hot-row tables as a person computed them', () => {
    const [hot, backlog] = exemplar.derived.flatMap((one) => (one.table ? [one.table] : []));
    expect(backlog!.rows).toEqual([
      ['25 /s', '65,000', '50 min'],
      ['50 /s', '50,000', '18 min'],
      ['100 /s', '20,000', '3.4 min'],
      ['134 /s', '0', '0'],
    ]);
    expect(hot!.rows[1]).toEqual(['mean wait', '1 ms', '15 ms', '125 ms', '841 ms', 'grows without end']);
  });

  it('name what the pool costs: 7 processes and 70 connections that wait', () => {
    const pool = exemplar.derived.find((one) => one.formula === 'POOL-CAP');
    expect(pool!.consequence).toMatch(/^R-\d{3}; 15 % of the peak: 7 processes would hold 70 connections/);
  });
});

describe('figures of the other briefs', () => {
  it('teach about a fleet: rate, buffer, wave, silence and the true age of an alarm', () => {
    const iot = all[2]!;
    expect(shown(iot, /^rate λ of readings/)).toBe('1,667 readings/s');
    expect(shown(iot, /stores while it is away/)).toBe('960');
    expect(shown(iot, /catch-up wave/)).toBe('1.2 M');
    expect(shown(iot, /until the wave is in/)).toBe('12 min');
    expect(shown(iot, /counts as silent/)).toBe('20');
    expect(shown(iot, /from the event to the alarm/)).toBe('2.4 min');
    expect(shown(iot, /^storage of readings/)).toBe('778 GB');
    expect(shown(iot, /hourly averages/)).toBe('1.09 bn');
  });

  it('teach about a dashboard: queries, the budget of one query, and the latest start of the load', () => {
    const tool = all[3]!;
    expect(shown(tool, /^queries when/)).toBe('480');
    expect(shown(tool, /^time one query/)).toBe('62.5 ms');
    expect(shown(tool, /^latest start/)).toBe('04:30');
    expect(shown(tool, /^rows of history/)).toBe('5.47 bn');
  });

  it('teach about a shop: unpaid stock, downtime at the busiest, and the catch-up of a system that was away', () => {
    const shop = all[1]!;
    expect(shown(shop, /hold stock at once/)).toBe('1,800');
    expect(shown(shop, /downtime/)).toBe('43 min');
    expect(shown(shop, /closed door/)).toBe('5,184');
    expect(shown(shop, /caught up/)).toBe('4.6 h');
  });
});

describe('a derivation', () => {
  it('can be computed again from the inputs it prints', () => {
    for (const one of all.flatMap((derivation) => derivation.derived)) {
      expect(FORMULAS.has(one.formula)).toBe(true);
      expect(recompute(one)).toBe(one.value);
    }
  });

  it('refers only to entries that exist and leaves no unfilled reference', () => {
    for (const [at, derivation] of all.entries()) {
      const needs = readBrief([EXEMPLAR, ...EXAMPLES][at]!, VOCABULARY).needs.map((need) => need.id);
      const ids = new Set([
        ...needs,
        ...derivation.assumptions.map((one) => one.id),
        ...derivation.derived.map((one) => one.id),
        ...derivation.requirements.map((one) => one.id),
        ...derivation.questions.map((one) => one.id),
      ]);
      const text = JSON.stringify(derivation);
      expect(text).not.toMatch(/\{[ADQR]:/);
      for (const id of text.match(/\b(?:N\d+|[ADQR]-\d+)\b/g) ?? []) expect([id, ids.has(id)]).toEqual([id, true]);
    }
  });

  it('keeps no assumption that nothing uses and no question that blocks nothing', () => {
    for (const derivation of all) {
      expect(derivation.assumptions.filter((one) => one.usedIn.length === 0 || one.question === '')).toEqual([]);
      expect(derivation.questions.filter((one) => one.blocks.length === 0)).toEqual([]);
    }
  });

  it('asks first what blocks most', () => {
    for (const { questions } of all) {
      const counts = questions.map((one) => one.blocks.length);
      expect(counts[0]).toBe(Math.max(...counts));
    }
  });

  it('is the same twice', () => {
    expect(JSON.stringify(EXAMPLES.map(of))).toBe(JSON.stringify(all.slice(1)));
  });

  it('takes a formula only where the words allow it', () => {
    const quiet = of(brief('The page is blue.', 'A report is sent to 12 people.'));
    expect(quiet.derived).toEqual([]);
    const rate = of(brief('30 orders per minute arrive.'));
    expect(rate.derived.map((one) => one.formula)).not.toContain('HELD-STOCK');
    expect(rate.derived.map((one) => one.formula)).not.toContain('POOL-CAP');
    const checked = of(brief('30 orders per minute arrive.', 'Credit checks must finish within 3 seconds.'));
    expect(checked.derived.map((one) => one.formula)).toContain('POOL-CAP');
  });

  it('sizes a figure per day by its busiest hour, visibly assumed', () => {
    const daily = of(brief('3,000 orders per day are placed.'));
    expect(shown(daily, /busiest hour/)).toBe('7.5 /min');
    expect(daily.assumptions[0]!.statement).toContain('15 %');
  });

  it('never lets the lock budget exceed half of the limit', () => {
    for (const rate of [900, 1_333, 2_000, 7_777, 60_000]) {
      const draft = new Draft(
        factsOf(readBrief(brief(`${rate} sales per minute, 10 per minute otherwise, of popular seats`), VOCABULARY)),
      );
      loadFigures(draft);
      workFigures(draft);
      expect(lockBudget(draft)!.value).toBeLessThanOrEqual(30 / rate + 1e-9);
    }
  });
});
