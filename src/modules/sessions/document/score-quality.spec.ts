import { DEFECTS } from './defects.fixture.js';
import { fixtureGate, fixtureInput } from './document.fixture.js';
import type { TrdBody } from './document.types.js';
import { normalised, paddingAmong, sharedPatterns, sharedSentences } from './checks/shared-sentences.js';
import { statementFaults } from './checks/statements.js';
import { produce, validateDocument } from './produce.js';
import { scoreQuality } from './score-quality.js';
import { writeDocument } from './write-document.js';

const input = fixtureInput();
const evidence = new Map([...input.evidence, [input.briefEvidence.sha256, input.briefEvidence]]);
const clean = writeDocument(input);
const score = (body: TrdBody) => scoreQuality(body, evidence, fixtureGate);
const cleanScore = score(clean);

describe('the score of a clean document', () => {
  it('is full, without a failure, and says what no code measures', () => {
    expect(cleanScore.failures).toEqual([]);
    expect(cleanScore.total).toBe(100);
    expect(cleanScore.notMeasured).toEqual(['necessary', 'feasible', 'correct', 'appropriate']);
  });
});

describe('planted defects', () => {
  it.each(DEFECTS.map((defect) => [defect.check, defect.name, defect] as const))(
    '%s finds %s',
    (check, _name, defect) => {
      const failures = score(defect.plant(clean, 1)).failures.filter((item) => item.check === check);
      expect(failures).not.toEqual([]);
      expect(failures.every((item) => item.component === defect.component)).toBe(true);
    },
  );

  it('lower the right component in at least 95 % of 400 seeded cases', () => {
    let fallen = 0;
    const missed: string[] = [];
    for (let seed = 0; seed < 400; seed += 1) {
      const defect = DEFECTS[seed % DEFECTS.length]!;
      const place = (Math.imul(seed + 1, 2_654_435_761) >>> 8) & 0xffff;
      const hit = score(defect.plant(clean, place)).vector[defect.component] < cleanScore.vector[defect.component];
      if (hit) fallen += 1;
      else missed.push(`${defect.name} at ${place}`);
    }
    expect({ share: fallen / 400 >= 0.95, missed }).toEqual({ share: true, missed: expect.any(Array) });
  });
});

describe('the caps', () => {
  const plant = (name: string) => score(DEFECTS.find((defect) => defect.name === name)!.plant(clean, 3));

  it('hold a document with a fabricated citation at 59', () => {
    expect(plant('a changed quote or value')).toMatchObject({
      total: 59,
      cappedBy: expect.stringContaining('citation'),
    });
  });

  it('hold a document with an unresolved reference at 79', () => {
    expect(plant('a reference that leads nowhere')).toMatchObject({
      total: 79,
      cappedBy: expect.stringContaining('reference'),
    });
  });

  it('rate nothing with fewer than 10 claims', () => {
    expect(score({ ...clean, claims: clean.claims.slice(0, 9) }).total).toBeNull();
  });
});

describe('check 10, between documents', () => {
  it('finds the sentences that two documents share once names, ids and numbers are blanked', () => {
    expect(normalised('The marketplace shall run at least 67 fraud checks.')).toBe(
      normalised('The marketplace shall run at least 9,000 fraud checks.'),
    );
    const numbers = JSON.parse(
      JSON.stringify(clean).replaceAll('2,000', '7,500').replaceAll('pg-boss', 'bree'),
    ) as TrdBody;
    expect(sharedPatterns(clean, numbers).share).toBeGreaterThan(0.9);
    expect(sharedSentences(clean, numbers).share).toBeLessThan(0.9);
    expect(sharedSentences(clean, clean).share).toBe(1);
    const other = {
      ...clean,
      requirements: [],
      findings: [],
      questions: [],
      decisions: [],
      crossChecks: [],
      risks: [],
      derived: [],
      tests: [],
      data: [],
      noChoice: [],
      assumptions: [],
      notMeasured: [],
    };
    expect(sharedSentences(clean, other).share).toBe(0);
  });

  it('names as padding what three documents of different briefs share', () => {
    const bodies = ['a', 'b', 'c'].map((briefSha256) => ({ ...clean, briefSha256 }));
    expect(paddingAmong(bodies).length).toBeGreaterThan(10);
    expect(paddingAmong(bodies.slice(0, 2))).toEqual([]);
    expect(paddingAmong([clean, clean, clean])).toEqual([]);
  });
});

describe('the form of a statement', () => {
  it.each([
    ['The service shall sell each ticket at most once.', []],
    ['The service shall be able to sell tickets.', ['vague-phrase']],
    ['The service shall sell fast and shall report daily.', ['vague-word', 'shall']],
    ['Tickets shall be sold.', ['subject']],
    ['The service shall sell tickets when they are listed.', ['pronoun']],
    ['The service shall sell tickets', ['end']],
    ['The service shall respond.', ['empty']],
    ['The service shall refuse an upload that does not begin with the bytes `%PDF-`.', []],
    ['The service shall keep breakfast vouchers for 3 days.', []],
  ])('%s', (statement, kinds) => {
    expect(statementFaults(statement).map((fault) => fault.kind)).toEqual(kinds);
  });
});

describe('repair', () => {
  const planted = (name: string, seed = 2) => DEFECTS.find((defect) => defect.name === name)!.plant(clean, seed);

  it('never lets a claim leave that the gate does not find', () => {
    const [first] = input.research;
    const [option] = first!.options;
    const lying = option!.values.map((value) => ({
      ...value,
      citations: value.citations.map((citation) => ({ ...citation, pointer: '/version', value: '0.0.0' })),
    }));
    const research = [
      { ...first!, options: [{ ...option!, values: lying }, ...first!.options.slice(1)] },
      ...input.research.slice(1),
    ];
    const made = produce({ ...input, research }, fixtureGate);
    expect(
      made.body.claims.filter(
        (claim) => fixtureGate(claim.citation, evidence.get(claim.citation.evidence)) !== 'found',
      ),
    ).toEqual([]);
    expect(made.body.decisions.map((section) => section.category)).not.toContain('queue-jobs');
    expect(made.body.glance.find((row) => row.category === 'queue-jobs')?.verdict).toBe('not compared');
  });

  it('records each round, keeps the best version and stops after three', () => {
    for (const defect of DEFECTS) {
      const body = defect.plant(clean, 2);
      const made = validateDocument(body, input, fixtureGate);
      expect(made.rounds.length).toBeLessThanOrEqual(4);
      expect(made.quality.total ?? 0).toBeGreaterThanOrEqual(score(body).total ?? 0);
      expect(made.quality.total ?? 0).toBe(score(made.body).total ?? 0);
    }
  });

  it.each([
    ['a vague word', 'statementQuality'],
    ['two duties in one statement', 'statementQuality'],
    ['an invented limit', 'verifiability'],
    ['a reference that leads nowhere', 'traceability'],
    ['a requirement without test', 'verifiability'],
    ['evidence nothing cites', 'traceability'],
  ] as const)('mends %s', (name, component) => {
    const made = validateDocument(planted(name), input, fixtureGate);
    expect(made.quality.vector[component]).toBe(cleanScore.vector[component]);
    expect(made.rounds.flatMap((round) => round.repaired)).not.toEqual([]);
  });

  it('turns what no rewording saves into a question and pays for it in completeness', () => {
    const made = validateDocument(planted('a vague verb', 3), input, fixtureGate);
    expect(made.body.dropped).toHaveLength(1);
    expect(made.body.questions.map((question) => question.key)).toContain(`statement:${made.body.dropped[0]!.item}`);
    expect(made.quality.vector.completeness).toBeLessThan(cleanScore.vector.completeness);
  });
});
