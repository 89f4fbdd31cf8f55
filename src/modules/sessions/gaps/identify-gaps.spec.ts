import fc from 'fast-check';
import { CATEGORIES, type Candidate, type Category, type CategoryDefinition } from '../../research/research.types.js';
import type { Need, ReadBrief } from '../brief/brief.types.js';
import { applyPlan } from './apply-plan.js';
import type { GapInput, StackFact } from './gap.types.js';
import { identifyGaps } from './identify-gaps.js';

const definitions: readonly CategoryDefinition[] = CATEGORIES.map((id) => ({
  id,
  question: `Which ${id}?`,
  need: id,
  alwaysNeeded: ['runtime', 'framework-web', 'orm-query', 'migrations', 'observability', 'testing'].includes(id),
  follows: id === 'orm-query' || id === 'migrations' ? ['database-primary'] : id === 'scheduling' ? ['queue-jobs'] : [],
  openQuestion: `What about ${id}?`,
}));

const candidates: readonly Candidate[] = (
  [
    'queue-jobs',
    'scheduling',
    'orm-query',
    'framework-web',
    'cache',
    'migrations',
    'payments',
    'database-primary',
    'runtime',
  ] as const
).map((category) => ({
  id: `${category}/a`,
  category,
  ecosystem: 'javascript',
  label: 'A',
  kind: 'package',
  package: 'a',
  names: ['a'],
  needsServers: [],
  companions: [],
  notes: [],
}));

function need(id: string, text: string, opens: readonly Category[] = []): Need {
  const triggers = opens.length > 0 ? [{ rule: 'X-1', words: text, opens, meaning: '' }] : [];
  return {
    id,
    text,
    pointer: '/requirements/0',
    start: 0,
    end: text.length,
    triggers,
    quantities: [],
    names: [],
    nouns: [],
  };
}

function read(needs: readonly Need[], more: Partial<ReadBrief> = {}): ReadBrief {
  return {
    title: 't',
    needs,
    constraints: { licenses: [], engines: {}, forbidden: [], pinned: {} },
    expansions: [],
    inUse: [],
    ...more,
  };
}

const input = (more: Partial<GapInput>): GapInput => ({ read: read([]), stack: [], definitions, candidates, ...more });
const fact = (slug: string, category: Category, line: number, version?: string): StackFact => ({
  slug,
  category,
  file: 'package.json',
  line,
  words: `"${slug}": "1"`,
  ...(version === undefined ? {} : { version }),
});
const find = (gaps: ReturnType<typeof identifyGaps>, category: Category) =>
  gaps.find((gap) => gap.category === category)!;

describe('gaps', () => {
  it('are always 24, one per category, with ids without holes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...CATEGORIES), { maxLength: 8 }),
        fc.array(fc.constantFrom(...CATEGORIES), { maxLength: 5 }),
        (opens, coded) => {
          const needs = opens.map((category, index) => need(`N${index + 1}`, `words ${index}`, [category]));
          const stack = coded.map((category, index) => fact(`s${index}`, category, index + 1));
          const gaps = identifyGaps(input({ read: read(needs), stack }));
          expect(gaps.map((gap) => gap.id)).toEqual(CATEGORIES.map((_category, index) => `G-${index + 1}`));
          expect(new Set(gaps.map((gap) => gap.category)).size).toBe(24);
        },
      ),
    );
  });

  it('do not depend on the order of facts, definitions or candidates', () => {
    const stack = [
      fact('express', 'framework-web', 4),
      fact('fastify', 'framework-web', 9),
      fact('pg', 'database-primary', 2),
    ];
    const needs = [need('N1', 'jobs', ['queue-jobs']), need('N2', 'money', ['payments'])];
    const expected = identifyGaps(input({ read: read(needs), stack }));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(stack, { minLength: 3 }),
        fc.shuffledSubarray([...definitions], { minLength: 24 }),
        (facts, defined) => {
          expect(
            identifyGaps(
              input({ read: read(needs), stack: facts, definitions: defined, candidates: [...candidates].reverse() }),
            ),
          ).toEqual(expected);
        },
      ),
    );
  });

  it('number the researched ones first, by how many needs wait for them', () => {
    const needs = [
      need('N1', 'money', ['payments']),
      need('N2', 'jobs', ['queue-jobs']),
      need('N3', 'more jobs', ['queue-jobs']),
    ];
    const inUse = [{ slug: 'postgresql', category: 'database-primary' as const, need: 'N1' }];
    const gaps = identifyGaps(input({ read: read(needs, { inUse }) }));
    expect(gaps[0]).toMatchObject({
      id: 'G-1',
      category: 'queue-jobs',
      status: 'open',
      rule: 'GAP-TRIGGERED',
      needs: ['N2', 'N3'],
      research: true,
    });
    const researched = gaps.map((gap) => gap.research);
    expect(researched.lastIndexOf(true)).toBeLessThan(researched.indexOf(false));
  });

  it('are decided by a name in the brief, with the words that say so', () => {
    const brief = read([need('N1', 'PostgreSQL already in use')], {
      inUse: [{ slug: 'postgresql', category: 'database-primary', need: 'N1' }],
    });
    const gaps = identifyGaps(input({ read: brief }));
    expect(find(gaps, 'database-primary')).toMatchObject({
      status: 'decided',
      rule: 'GAP-NAMED',
      decidedBy: 'postgresql',
      evidence: [{ where: 'N1', words: 'PostgreSQL already in use' }],
      research: false,
    });
    expect(find(gaps, 'orm-query')).toMatchObject({
      status: 'open',
      rule: 'GAP-IMPLIED',
      needs: ['N1'],
      research: true,
    });
  });

  it('are decided by a line of the code and by a pin', () => {
    const pinned = read([], { constraints: { licenses: [], engines: {}, forbidden: [], pinned: { cache: 'valkey' } } });
    const gaps = identifyGaps(input({ read: pinned, stack: [fact('prisma', 'orm-query', 12)] }));
    expect(find(gaps, 'orm-query')).toMatchObject({
      status: 'decided',
      evidence: [{ where: 'package.json:12', words: '"prisma": "1"' }],
    });
    expect(find(gaps, 'cache')).toMatchObject({ status: 'decided', decidedBy: 'valkey' });
  });

  it('are in conflict when two names hold one role, and not when several may live side by side', () => {
    const stack = [
      fact('express', 'framework-web', 4),
      fact('fastify', 'framework-web', 9),
      fact('pino', 'observability', 3),
      fact('opentelemetry', 'observability', 5),
    ];
    const gaps = identifyGaps(input({ stack }));
    expect(find(gaps, 'framework-web')).toMatchObject({
      status: 'conflict',
      rule: 'GAP-CONFLICT',
      reason: 'two in one role: express and fastify',
      research: true,
    });
    expect(find(gaps, 'observability').status).toBe('decided');
  });

  it('are in conflict when brief and code name different lines of Node.js', () => {
    const brief = read([need('N1', 'Node.js 24')], {
      inUse: [{ slug: 'nodejs', category: 'runtime', need: 'N1' }],
      constraints: { licenses: [], engines: { node: '24.x' }, forbidden: [], pinned: {} },
    });
    expect(
      find(identifyGaps(input({ read: brief, stack: [fact('nodejs', 'runtime', 3, '>=18')] })), 'runtime').status,
    ).toBe('conflict');
    expect(
      find(identifyGaps(input({ read: brief, stack: [fact('nodejs', 'runtime', 3, '^24.1.0')] })), 'runtime').status,
    ).toBe('decided');
  });

  it('are obsolete past the end of life of the runtime, on the day of the facts', () => {
    const nodeSchedule = { v20: { end: '2026-04-30' } };
    const stack = [fact('nodejs', 'runtime', 3, '20.x')];
    expect(find(identifyGaps(input({ stack, nodeSchedule, factsDate: '2026-11-21' })), 'runtime')).toMatchObject({
      status: 'obsolete',
      rule: 'GAP-EOL',
    });
    expect(find(identifyGaps(input({ stack, nodeSchedule, factsDate: '2026-04-30' })), 'runtime').status).toBe(
      'decided',
    );
  });

  it('are obsolete when a named package is deprecated', () => {
    const gaps = identifyGaps(
      input({ stack: [fact('request', 'framework-web', 8)], deprecated: { request: 'use fetch' } }),
    );
    expect(find(gaps, 'framework-web')).toMatchObject({ status: 'obsolete', rule: 'GAP-DEPRECATED', research: true });
  });

  it('are partial when the code has a database and no migrations, and silent about it without code', () => {
    const gaps = identifyGaps(input({ stack: [fact('pg', 'database-primary', 7)] }));
    expect(find(gaps, 'migrations')).toMatchObject({
      status: 'partial',
      rule: 'GAP-PARTIAL',
      evidence: [{ where: 'package.json:7', words: '"pg": "1"' }],
      research: true,
    });
    expect(find(identifyGaps(input({})), 'migrations').rule).not.toBe('GAP-PARTIAL');
  });

  it('follow an open leader, are not needed without a trigger, and unknown without a definition', () => {
    const gaps = identifyGaps(
      input({
        read: read([need('N1', 'later', ['scheduling', 'queue-jobs'])]),
        definitions: definitions.filter(({ id }) => id !== 'analytics'),
      }),
    );
    expect(find(gaps, 'scheduling')).toMatchObject({
      status: 'follows',
      rule: 'GAP-FOLLOWS',
      followsFrom: 'queue-jobs',
      research: false,
    });
    expect(find(gaps, 'vector-store')).toMatchObject({ status: 'not-needed', rule: 'GAP-NO-TRIGGER' });
    expect(find(gaps, 'analytics')).toMatchObject({ status: 'unknown', rule: 'GAP-UNKNOWN' });
    expect(find(gaps, 'observability')).toMatchObject({ status: 'open', rule: 'GAP-OPEN', research: false });
  });
});

describe('a plan change', () => {
  const gaps = identifyGaps(input({ read: read([need('N1', 'jobs', ['queue-jobs'])]) }));
  const changed = applyPlan(gaps, {
    pin: { 'queue-jobs': 'bullmq', cache: 'redis' },
    drop: ['framework-web', 'cache'],
    add: ['analytics'],
  });

  it('pins, drops and adds, the pin before the drop', () => {
    expect(find(changed, 'queue-jobs')).toMatchObject({
      status: 'decided',
      decidedBy: 'bullmq',
      rule: 'PLAN-PIN',
      research: false,
    });
    expect(find(changed, 'cache')).toMatchObject({ status: 'decided', decidedBy: 'redis' });
    expect(find(changed, 'framework-web')).toMatchObject({ status: 'not-needed', rule: 'PLAN-DROP', research: false });
    expect(find(changed, 'analytics')).toMatchObject({ status: 'open', rule: 'PLAN-ADD', research: true });
  });

  it('keeps ids and leaves the others alone', () => {
    expect(changed.map((gap) => gap.id)).toEqual(gaps.map((gap) => gap.id));
    expect(find(changed, 'orm-query')).toBe(find(gaps, 'orm-query'));
  });
});

describe('a channel without candidates', () => {
  const asking = (rule: string, words: string): Need => ({
    ...need('N1', words),
    triggers: [{ rule, words, opens: ['email-notification'], meaning: '' }],
  });
  const gapFor = (...needs: Need[]) =>
    identifyGaps({ read: read(needs), stack: [], definitions, candidates: [...candidates, mail] }).find(
      (gap) => gap.category === 'email-notification',
    );
  const mail = { ...(candidates[0] as Candidate), id: 'email-notification/a', category: 'email-notification' as const };

  it('is listed as open and never compared with senders of mail', () => {
    const gap = gapFor(asking('NOTIFY-SMS', 'SMS'), asking('NOTIFY-PUSH', 'push'));
    expect(gap).toMatchObject({ status: 'open', rule: 'GAP-NO-CANDIDATE', research: false, needs: ['N1'] });
  });

  it('does not hide that mail is asked for too', () => {
    expect(gapFor(asking('NOTIFY-SMS', 'SMS'), asking('NOTIFY-EMAIL', 'e-mail'))).toMatchObject({
      rule: 'GAP-TRIGGERED',
      research: true,
    });
  });
});
