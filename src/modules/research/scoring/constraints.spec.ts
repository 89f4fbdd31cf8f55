import fc from 'fast-check';
import type { Candidate, HardConstraints, PackageRecord } from '../research.types.js';
import type { ScoringContext } from './scoring.types.js';
import { constraintsOf } from './constraints.js';
import { engineFit } from './engine-range.js';
import { licenseState } from './license.js';

const LIST = ['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC'];
const HASH = 'a'.repeat(64);
const candidate: Candidate = {
  id: 'queue-jobs/bullmq',
  category: 'queue-jobs',
  ecosystem: 'javascript',
  label: 'BullMQ',
  kind: 'package',
  package: 'bullmq',
  names: ['bullmq'],
  needsServers: [],
  needsOneServerOf: ['redis', 'postgresql'],
  companions: [],
  notes: [],
};
const record: PackageRecord = { name: 'bullmq', version: '6.7.0', license: 'MIT', engines: { node: '>=14.18.0' } };
const context = (constraints: Partial<HardConstraints> = {}, inUse: string[] = ['postgresql']): ScoringContext => ({
  inUse,
  constraints: { licenses: LIST, engines: { node: '24.x' }, forbidden: [], pinned: {}, ...constraints },
});
const states = (who: Candidate, own: PackageRecord | undefined, where: ScoringContext) =>
  constraintsOf(who, own ? { own: { record: own, evidence: HASH } } : {}, where).map(({ state }) => state);

describe('licenceState', () => {
  it.each([
    ['MIT', 'pass'],
    ['MIT-0', 'fail'],
    ['MPL-2.0', 'fail'],
    ['(MIT OR GPL-3.0-only)', 'pass'],
    ['MIT AND GPL-3.0-only', 'fail'],
    ['MIT AND ISC', 'pass'],
    ['Apache-2.0 WITH LLVM-exception', 'pass'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'fail'],
    ['BSD', 'unknown'],
    ['GPL-3.0', 'unknown'],
    ['MIT OR GPL-3.0', 'pass'],
    ['MIT AND GPL-3.0', 'unknown'],
    ['SEE LICENSE IN LICENSE.md', 'unknown'],
    ['UNLICENSED', 'fail'],
    ['', 'unknown'],
    [undefined, 'unknown'],
  ])('%s against the permissive list: %s', (expression, state) => {
    expect(licenseState(expression, LIST)).toBe(state);
  });

  it('is never less strict for AND than for OR', () => {
    const rank = { fail: 0, unknown: 1, pass: 2 };
    const id = fc.constantFrom('MIT', 'ISC', 'MPL-2.0', 'GPL-3.0', 'GPL-3.0-only');
    fc.assert(
      fc.property(id, id, (left, right) => {
        const and = licenseState(`${left} AND ${right}`, LIST);
        const or = licenseState(`${left} OR ${right}`, LIST);
        expect(rank[and]).toBeLessThanOrEqual(rank[or]);
      }),
    );
  });
});

describe('engineFit', () => {
  it.each([
    ['>=22.12.0', '24.x', 'contains'],
    ['^20.19 || ^22.12 || >=24.0', '24', 'contains'],
    ['>=22.12.0', '22.x', 'part'],
    ['>=24.11', '>=22', 'part'],
    ['^20.0.0', '24.x', 'none'],
    [undefined, '24.x', 'unknown'],
    ['whatever', '24.x', 'unknown'],
  ])('declared %s, wanted %s: %s', (declared, wanted, fit) => {
    expect(engineFit(declared, wanted)).toBe(fit);
  });
});

describe('constraintsOf', () => {
  it('passes a licence and range that are declared and fit', () => {
    expect(states(candidate, record, context())).toEqual(['pass', 'pass', 'not-applicable', 'not-applicable']);
  });

  it('cites the record for what it shows', () => {
    const [h1, h2] = constraintsOf(candidate, { own: { record, evidence: HASH } }, context());
    expect(h1).toMatchObject({ shown: 'MIT', citations: [{ evidence: HASH, pointer: '/license', value: 'MIT' }] });
    expect(h2).toMatchObject({ citations: [{ evidence: HASH, pointer: '/engines/node', value: '>=14.18.0' }] });
  });

  it('a range that covers a part of the wanted one is neither pass nor fail, and says so', () => {
    const own = { ...record, engines: { node: '>=24.5' } };
    const [, h2] = constraintsOf(candidate, { own: { record: own, evidence: HASH } }, context());
    expect(h2).toMatchObject({ state: 'unknown', shown: '>=24.5 (not all of 24.x)' });
  });

  it('without a record nothing is known', () => {
    expect(states(candidate, undefined, context())).toEqual(['unknown', 'unknown', 'not-applicable', 'not-applicable']);
  });

  it('asks for the licence of a server only when the option adds one', () => {
    expect(states(candidate, record, context({}, []))[2]).toBe('unknown');
    expect(states(candidate, record, context({}, ['redis']))[2]).toBe('not-applicable');
  });

  it('shows the catalogue note on a server licence without believing it', () => {
    const typesense = {
      ...candidate,
      needsServers: ['typesense'],
      serverLicense: { spdx: 'GPL-3.0-only', url: 'https://example.org', date: '2026-11-21' },
    };
    expect(constraintsOf(typesense, {}, context())[2]).toMatchObject({
      state: 'unknown',
      shown: '? (noted: GPL-3.0-only)',
    });
  });

  it('forbids by package, by name, by needed server, and by all servers of a choice', () => {
    const h4 = (forbidden: string[], who = candidate) => states(who, record, context({ forbidden }))[3];
    expect(h4(['BullMQ'])).toBe('fail');
    expect(h4(['redis'])).toBe('pass');
    expect(h4(['redis', 'postgresql'])).toBe('fail');
    expect(h4(['redis'], { ...candidate, needsServers: ['redis'] })).toBe('fail');
  });

  it('an option without package has no licence and no range to ask for', () => {
    const builtIn: Candidate = { ...candidate, kind: 'built-in', package: undefined };
    expect(states(builtIn, undefined, context()).slice(0, 2)).toEqual(['not-applicable', 'not-applicable']);
  });
});

describe('the place of the data (H5)', () => {
  const own = { words: "the company's data centre", own: true };
  const region = { words: 'the EU', own: false };
  const place = (who: Candidate, where: HardConstraints['place']) =>
    constraintsOf(who, {}, context(where ? { place: where } : {})).find(({ id }) => id === 'H5')?.state;

  it('is no constraint when the brief names no place', () => {
    expect(place({ ...candidate, rented: true }, undefined)).toBeUndefined();
  });

  it('shuts out what a provider runs from machines of the owner, and asks for proof inside a region', () => {
    expect(place({ ...candidate, rented: true }, own)).toBe('fail');
    expect(place({ ...candidate, rented: true }, region)).toBe('unknown');
    expect(place(candidate, own)).toBe('pass');
  });
});
