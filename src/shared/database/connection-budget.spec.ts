import fc from 'fast-check';
import { type Fleet, warningOf } from './connection-budget.js';

const DEFAULTS = { poolSize: 20, maxOverflow: 10 };
const fleet = (some: Partial<Fleet> = {}): Fleet => ({ allowed: 97, serving: 0, all: 0, workers: 0, ...some });
const all = { role: 'all', database: DEFAULTS } as const;

describe('the connections of all processes against those that the server lets in', () => {
  it('two processes with the defaults have room on a server with its defaults, a third has not', () => {
    const one = fleet({ serving: 1, all: 1 });
    expect(warningOf(one, all, 'starting')).toBeUndefined();
    expect(warningOf(fleet({ serving: 2, all: 2 }), all, 'starting')).toBe(
      'The 3 processes may open 129 connections (DB_POOL_SIZE 20 and DB_MAX_OVERFLOW 10 each, 36 of the workflow engine, 3 for health), and the server lets 97 in: raise its max_connections or lower these settings.',
    );
  });

  it('counts whoever starts, and nobody who only looks', () => {
    const two = fleet({ serving: 2, all: 2, allowed: 100 });
    expect(warningOf(two, all, 'starting')).toContain('The 3 processes may open 129');
    expect(warningOf(two, all, 'looking')).toBeUndefined();
  });

  it('knows one that serves and works as one, and that an api process has a smaller engine', () => {
    const mixed = fleet({ serving: 3, all: 1, workers: 1, allowed: 0 });
    // Two api, one that does all, one worker.
    expect(warningOf(mixed, all, 'looking')).toContain('The 4 processes may open 154 connections');
    expect(warningOf(fleet({ allowed: 0 }), { ...all, role: 'api' }, 'starting')).toContain(
      'This process may open 34 connections',
    );
  });

  it('warns of a fleet exactly when what it may open is more than is let in', () => {
    const count = fc.nat(20);
    const sizes = fc.record({ poolSize: fc.integer({ min: 1, max: 50 }), maxOverflow: fc.nat(50) });
    fc.assert(
      fc.property(count, count, count, sizes, fc.nat(3000), (api, both, workers, database, allowed) => {
        const living = { allowed, serving: api + both, all: both, workers };
        const perProcess = database.poolSize + database.maxOverflow + 1;
        const needed = (api + both + workers) * perProcess + api * 3 + (both + workers) * 12;
        expect(warningOf(living, { role: 'all', database }, 'looking') !== undefined).toBe(needed > allowed);
      }),
    );
  });
});
