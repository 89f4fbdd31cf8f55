import { fixtureGate, fixtureInput } from './document.fixture.js';
import { produce } from './produce.js';
import { resolveExports, moduleFormat } from './sections/module-format.js';
import { lowestCommon } from './sections/shared-packages.js';
import { writeDocument } from './write-document.js';

const body = writeDocument(fixtureInput());
const decision = (category: string) => body.decisions.find((section) => section.category === category)!;

describe('the document of a ticket marketplace', () => {
  it('says at a glance what was decided, what was not, and by which number', () => {
    expect(body.glance.map(({ gap, category, result, verdict }) => [gap, category, result, verdict])).toEqual([
      ['G-1', 'queue-jobs', 'pg-boss 12.38.0', 'clear'],
      ['G-2', 'orm-query', 'Kysely 0.29.9 ahead of Drizzle 0.45.4', 'close'],
      ['G-3', 'email-notification', 'Amazon SES 3.1169.0', 'no choice to make'],
      ['G-4', 'payments', 'none', 'undecidable'],
    ]);
    expect(body.glance[0]?.restsOn).toBe('lowest score 0.985 > highest rival 0.965');
  });

  it('opens with at most five findings, worst first, each with ids', () => {
    const order = ['blocks', 'changes-design', 'cost', 'note'];
    const severities = body.findings.map((finding) => order.indexOf(finding.severity));
    expect(body.findings).toHaveLength(5);
    const open = body.findings.findIndex((finding) => finding.text.includes('cannot be decided'));
    const before = severities.slice(0, open);
    expect(open).toBe(4);
    expect(before).toEqual([...before].sort((a, b) => a - b));
    expect(body.findings.every((finding) => finding.rests.length > 0)).toBe(true);
    expect(body.findings.map((finding) => finding.text).join(' ')).toContain('10 / 2 s = 5 /s = 300 /min');
  });

  it('cites each need by its words or by pointer and value', () => {
    const claims = body.claims.filter((claim) => claim.section === '2').map((claim) => claim.citation);
    expect(claims[0]).toMatchObject({ quote: 'Buyers pay by card and the seller gets the payout after the concert.' });
    expect(claims.at(-1)).toMatchObject({ pointer: '/constraints/licenses/2', value: 'BSD-3-Clause' });
  });

  it('adds requirements of its decisions and of the build, each resting on words of the brief', () => {
    const added = body.requirements.filter((requirement) => requirement.id >= 'R-010');
    expect(added.map((requirement) => requirement.template)).toEqual([
      'JOB-COMMIT',
      'JOB-TWICE',
      'JOB-PAYLOAD',
      'MAIL-RETRY',
      'BUILD-LICENCE',
      'BUILD-NODE',
      'BUILD-COPIES',
      'BUILD-PIN',
    ]);
    expect(added[0]).toMatchObject({
      statement:
        'The marketplace shall commit the change of a ticket and the jobs of that change in one database transaction.',
      from: ['N1', 'N2', 'G-1'],
    });
    expect(added.find(({ template }) => template === 'BUILD-COPIES')?.statement).toContain('two versions of `pg`');
  });

  it('explains each verdict with the numbers that carry it', () => {
    expect(decision('queue-jobs').verdict).toContain('pg-boss; even at its best BullMQ reaches 0.965, below 0.985;');
    expect(decision('queue-jobs').verdict).toContain('BullMQ loses on C7 (.75 against 1)');
    expect(decision('orm-query').verdict).toContain('Kysely ahead with 76.6 % of the draws; Drizzle');
    expect(decision('payments').verdict).toMatch(
      /^undecidable for "pay by card" \(N1\): "the provider can hold the money/,
    );
  });

  it('says what would change a verdict and what follows from it', () => {
    expect(decision('queue-jobs').wouldChange).toEqual([
      'No weights put any rival ahead, because pg-boss is at least equal on every criterion.',
    ]);
    expect(decision('queue-jobs').consequences.join()).toContain('notifications at the peak 133 /s (D-3)');
    expect(decision('orm-query').consequences.join()).toContain('pin `kysely 0.29.9` exactly');
    expect(decision('payments').wouldChange.join()).toContain('read its documentation');
  });

  it('leaves criteria that are equal for all out of the table and names them', () => {
    expect(decision('queue-jobs').equal).toBe('C1 = C4 = C5 = C6 = 1 for all.');
    expect(Object.keys(decision('queue-jobs').rows[0]!.values)).toEqual(['C2', 'C3', 'C7']);
  });

  it('scores nothing where a constraint leaves one option, and says what restores a choice', () => {
    expect(body.noChoice).toEqual([
      expect.objectContaining({
        gapId: 'G-3',
        removed: 'Nodemailer 10.6.0 by H1: licence MIT-0',
        whatToDo: 'allowing MIT-0 gives a choice',
      }),
    ]);
  });

  it('sorts the questions by what they block and names what waits', () => {
    const counts = body.questions.map((question) => question.blocks.length);
    expect(counts.slice(0, -1)).toEqual(counts.slice(0, -1).sort((a, b) => b - a));
    expect(body.questions.at(-1)?.key).toBe('silent');
    expect(body.questions[0]).toMatchObject({ id: 'Q-1', key: 'law', blocks: ['R-005', 'G-4'] });
    expect(body.questions.map((question) => question.key)).toEqual(expect.arrayContaining(['need:payments', 'silent']));
  });

  it('lays the choices side by side', () => {
    const checks = new Map(body.crossChecks.map((check) => [check.check, check]));
    expect(checks.get('one copy of `pg`')?.result).toContain('8.23.1 fits all');
    expect(checks.get('module format')?.result).toContain('pg-boss 12.38.0 and Kysely 0.29.9');
    expect(checks.get('highest minimum of Node.js among the choices')?.result).toContain('22.12.0 by pg-boss 12.38.0');
    expect(checks.get('required peers nobody chose')?.result).toBe('pg-boss 12.38.0 → `@opentelemetry/api ^1.9.0`');
    expect(checks.get('a catalogue note against the newest record')?.result).toContain('polls twice a second');
    expect(checks.get('N1 against N5')?.action).toBe('alarm at day 60 on everything that N1 has not finished');
  });

  it('gives each store of personal data that a choice adds a row', () => {
    expect(body.data.map((row) => row.store)).toEqual([
      'sales tables',
      'pg-boss (queue-jobs)',
      'Amazon SES (email-notification)',
    ]);
  });

  it('names risks by rule, and says so when a rule has no data', () => {
    expect(body.risks.map((risk) => risk.rule)).toEqual(['NODE-EOL', 'LIC-DEPTH', 'SPOF-1', 'ZERO-MAJOR', 'STALE-1']);
    expect(body.risks[0]?.fact).toContain('ends 2028-04-30, 526 days after 2026-11-21');
    expect(body.risks.at(-1)?.fact).toContain('not assessable');
  });

  it('merges tests of one load and states what their sample proves', () => {
    expect(body.tests[0]).toMatchObject({
      shows: ['R-001', 'R-002'],
      passes: '20,000 sold; 0 checks refused for want of room',
    });
    expect(body.singleTests.join('\n')).toContain('T-1 below 0.015 % for R-001 and R-002 (20,000 trials)');
  });

  it('numbers its evidence without holes, and lists unproven notes apart', () => {
    expect(body.evidence.map((row) => row.id)).toEqual(
      body.evidence.map((_row, index) => `E-${String(index + 1).padStart(2, '0')}`),
    );
    expect(body.evidence.flatMap((row) => row.supports)).toContain('/peerDependencies/@opentelemetry~1api = ^1.9.0');
    expect(body.catalogueNotes).toEqual([
      expect.objectContaining({ id: 'C-1', text: 'pg-boss >=12: keeps finished jobs until its own clean-up' }),
    ]);
  });

  it('shows a person’s decision and what the comparison had said', () => {
    const input = fixtureInput();
    const decided = writeDocument({
      ...input,
      decisions: [
        {
          gapId: 'G-1',
          category: 'queue-jobs',
          optionId: 'queue-jobs/bullmq',
          reason: 'in use elsewhere',
          by: 'person',
        },
      ],
    });
    expect(decided.glance[0]).toMatchObject({ result: 'BullMQ 6.7.0', verdict: 'decided by a person' });
    expect(decided.glance[0]?.restsOn).toContain('in use elsewhere; the comparison says clear, pg-boss 12.38.0');
    expect(decided.requirements.map((requirement) => requirement.template)).toContain('JOB-OUTBOX');
  });

  it('names a gap whose research failed instead of passing over it', () => {
    const input = fixtureInput();
    const partial = writeDocument({
      ...input,
      research: input.research.filter((result) => result.category !== 'payments'),
      comparisons: input.comparisons.filter((comparison) => comparison.category !== 'payments'),
      degraded: [{ gapId: 'G-4', reason: 'the registry did not answer' }],
    });
    expect(partial.glance.at(-1)).toMatchObject({
      gap: 'G-4',
      verdict: 'not researched',
      restsOn: 'the registry did not answer',
    });
    expect(partial.notMeasured[0]).toMatchObject({ subject: 'G-4', why: 'the registry did not answer' });
  });

  it('says so when two choices need different databases', () => {
    const input = fixtureInput();
    const [queue, orm] = input.research;
    const databases = orm!.options.map((option, index) => ({
      ...option,
      candidate: {
        ...option.candidate,
        id: `database-primary/${index === 0 ? 'mongodb' : 'postgresql'}`,
        category: 'database-primary' as const,
        label: index === 0 ? 'MongoDB' : 'PostgreSQL',
        needsServers: [index === 0 ? 'mongodb' : 'postgresql'],
      },
    }));
    const open = input.gaps.map((gap) =>
      gap.category === 'database-primary' ? { ...gap, status: 'open' as const, research: true } : gap,
    );
    const decision = {
      gapId: open.find((gap) => gap.category === 'database-primary')!.id,
      category: 'database-primary' as const,
      optionId: 'database-primary/mongodb',
      by: 'policy' as const,
    };
    const two = writeDocument({
      ...input,
      gaps: open,
      read: { ...input.read, inUse: input.read.inUse.filter((use) => use.slug !== 'postgresql') },
      research: [queue!, { ...orm!, category: 'database-primary', options: databases }],
      comparisons: input.comparisons.slice(0, 1),
      decisions: [decision],
    });
    const check = two.crossChecks.find((item) => item.check === 'two choices that need different databases');
    expect(check).toMatchObject({
      severity: 'blocks',
      result: expect.stringContaining('pg-boss 12.38.0 needs postgresql, the database in front is MongoDB'),
    });
    expect(check?.action).toContain('PostgreSQL would serve both');
  });

  it('enters a choice in the row of the store that the brief already has', () => {
    const input = fixtureInput();
    const jobs = {
      store: 'job table',
      personalData: 'none',
      createdBy: ['N2'],
      deletedBy: 'its own clean-up',
      state: 'R-012',
    };
    const known = writeDocument({
      ...input,
      derivation: { ...input.derivation, dataStores: [...input.derivation.dataStores, jobs] },
    });
    expect(known.data.filter((row) => /job/.test(row.store))).toEqual([
      expect.objectContaining({ store: 'job table (pg-boss)', createdBy: ['N2', 'G-1'] }),
    ]);
  });

  it('writes a document of a brief without any comparison', () => {
    const input = fixtureInput();
    const bare = produce({ ...input, research: [], comparisons: [], evidence: new Map() }, fixtureGate);
    expect(bare.body.decisions).toEqual([]);
    expect(bare.quality.failures.filter((item) => item.component === 'citationIntegrity')).toEqual([]);
  });
});

describe('ranges of a shared package', () => {
  it('have a common version at the lower end of one of them, also in unions', () => {
    expect(lowestCommon(['^8.23.1', '>=4.3.0 <9.0.0', '^8.0.0'])).toBe('8.23.1');
    expect(lowestCommon(['^0.28.17 || ^0.29.0', '>=0.29.0'])).toBe('0.29.0');
    expect(lowestCommon(['^1.0.0', '^2.0.0'])).toBeUndefined();
  });
});

describe('the module format of a package', () => {
  it('is found by resolving conditions and not by searching for words', () => {
    const notice = { '.': { 'types@<5.4': './notice.d.ts', import: './esm.mjs' } };
    expect(resolveExports(notice, ['node', 'require', 'default'])).toBeUndefined();
    expect(moduleFormat({ name: 'a', version: '1.0.0', exports: notice })).toBe('esm-only');
    expect(moduleFormat({ name: 'a', version: '1.0.0', exports: { import: './a.mjs', require: './a.cjs' } })).toBe(
      'both',
    );
    expect(moduleFormat({ name: 'a', version: '1.0.0', main: './a.js' })).toBe('commonjs');
    expect(moduleFormat({ name: 'a', version: '1.0.0', type: 'module', main: './a.js' })).toBe('esm-only');
    expect(moduleFormat({ name: 'a', version: '1.0.0' })).toBe('unknown');
  });
});
