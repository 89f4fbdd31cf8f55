import fc from 'fast-check';
import { AdaptiveTtls, adaptTtl, hash32, type RegionObservations, secondsBetweenChanges } from './adaptive-ttl.js';

const bounds = { min: 30, max: 3600 };
const seen: RegionObservations = {
  loads: 25,
  changedShare: 0.4,
  secondsBetweenLoads: 900,
  meanLoadMs: 100,
  hitRate: 0.8,
};
const share = fc.double({ min: 0, max: 1, noNaN: true });
const observations: fc.Arbitrary<RegionObservations> = fc.record({
  loads: fc.integer({ min: 0, max: 200 }),
  changedShare: share,
  secondsBetweenLoads: fc.double({ min: 0, max: 1e6, noNaN: true }),
  meanLoadMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  hitRate: share,
});
const current = fc.integer({ min: 1, max: 100_000 });

describe('an adaptive TTL', () => {
  it('is a whole number of seconds between the bounds, whatever was seen, and always the same for the same', () => {
    fc.assert(
      fc.property(current, observations, (from, what) => {
        const { ttl, reason } = adaptTtl(from, what, bounds);
        expect(Number.isInteger(ttl) && ttl >= 30 && ttl <= 3600).toBe(true);
        expect(adaptTtl(from, what, bounds)).toEqual({ ttl, reason });
        expect(reason).toMatch(/ s$/);
      }),
    );
  });

  it.each<[keyof RegionObservations, 'longer' | 'shorter']>([
    ['changedShare', 'shorter'],
    ['secondsBetweenLoads', 'longer'],
    ['meanLoadMs', 'longer'],
    ['hitRate', 'shorter'],
  ])('with more %s never moves otherwise than %s', (argument, direction) => {
    fc.assert(
      fc.property(current, observations, observations, (from, what, other) => {
        const [less, more] = [what[argument], other[argument]].sort((a, b) => a - b) as [number, number];
        const [low, high] = [less, more].map((value) => adaptTtl(from, { ...what, [argument]: value }, bounds).ttl);
        expect(direction === 'longer' ? high! >= low! : high! <= low!).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('moves by no more than half and double at a time, down by a quarter', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 3600 }), observations, (from, what) => {
        const { ttl } = adaptTtl(from, what, bounds);
        expect(ttl <= Math.max(from * 2, 30) && ttl >= Math.floor(from / 4)).toBe(true);
      }),
    );
  });

  it('stays where it is for small corrections', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 3600 }), observations, (from, what) => {
        const { ttl } = adaptTtl(from, what, bounds);
        const moved = Math.max(ttl / from, from / ttl);
        expect(moved === 1 || moved >= 1.24 || ttl === 30 || ttl === 3600).toBe(true);
      }),
    );
  });

  it.each([
    [seen, 'values changed in 40 % of 25 loads: shortened from 900 s'],
    [{ ...seen, changedShare: 0 }, 'values changed in 0 % of 25 loads: lengthened from 900 s'],
    [
      { ...seen, changedShare: 0, hitRate: 0.99 },
      'values changed in 0 % of 25 loads, and 99 % of look-ups hit: kept at 900 s',
    ],
    [{ ...seen, loads: 9 }, 'fewer than 10 loads compared: 900 s'],
    [
      { ...seen, changedShare: 0.2, meanLoadMs: 10_000, secondsBetweenLoads: 450 },
      'values changed in 20 % of 25 loads: kept at 900 s',
    ],
  ])('says why: %#', (what, reason) => {
    expect(adaptTtl(900, what, bounds).reason).toBe(reason);
  });

  it('estimates how often values change as the paper does', () => {
    const estimate = (changedShare: number, loads = 1e6) => secondsBetweenChanges({ ...seen, loads, changedShare });
    expect(estimate(1 - Math.exp(-1))).toBeCloseTo(900, 0);
    expect(estimate(1 - Math.exp(-3))).toBeCloseTo(300, 0);
    expect(estimate(0)).toBe(Infinity);
    expect(estimate(1, 10)).toBeCloseTo(900 / Math.log(21), 6);
  });
});

/** A region whose values change at random, on average every `changes` seconds, and are loaded at the end of each TTL. */
function live(changes: number, loadMs: number, reviews: number) {
  const ttls = new AdaptiveTtls();
  ttls.declare('statistics', 900, bounds);
  const history: number[] = [];
  let state = 42;
  const random = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
  for (let load = 0; load < reviews * 25; load += 1) {
    const ttl = ttls.of('statistics')!.ttl;
    history.push(ttl);
    const changed = random() < 1 - Math.exp(-ttl / changes);
    ttls.observe('statistics', { changed, loadMs, secondsSince: ttl }, { hits: load, misses: load });
  }
  return history;
}

describe('the adaptive TTLs of the regions', () => {
  it.each([
    [600, 100],
    [6000, 1000],
    [20_000, 10_000],
  ])('settle near what changes every %s s and loads of %s ms ask for, without flapping', (changes, loadMs) => {
    const wanted = Math.min(Math.max(2 * (0.02 + (0.18 * Math.log10(loadMs)) / 4) * changes, 30), 3600);
    const settled = live(changes, loadMs, 60).slice(40 * 25);
    for (const ttl of settled) expect(Math.max(ttl / wanted, wanted / ttl)).toBeLessThan(2.5);
    const turns = settled.filter((ttl, index) => index > 0 && ttl !== settled[index - 1]).length;
    expect(turns).toBeLessThanOrEqual(8);
  });

  it('reach the bounds for what always and what never changes', () => {
    expect(live(0.001, 1, 20).at(-1)).toBe(30);
    expect(live(1e12, 1, 20).at(-1)).toBe(3600);
  });

  it('begin with what is declared, within the bounds, and leave other regions alone', () => {
    const ttls = new AdaptiveTtls();
    ttls.declare('statistics', 900, bounds);
    ttls.declare('dashboard', 5, bounds);
    expect(ttls.of('statistics')).toEqual({ ttl: 900, reason: 'fewer than 10 loads compared: 900 s' });
    expect(ttls.of('dashboard')?.ttl).toBe(30);
    ttls.observe('criteria', { changed: true, loadMs: 1 }, { hits: 0, misses: 0 });
    expect(ttls.of('criteria')).toBeUndefined();
  });

  it('do not count loads that had nothing to compare with, nor fall over a reset of the statistics', () => {
    const ttls = new AdaptiveTtls();
    ttls.declare('statistics', 900, bounds);
    const load = (changed: boolean | undefined, hits: number) =>
      ttls.observe('statistics', { changed, loadMs: 100 }, { hits, misses: 0 });
    for (let n = 0; n < 100; n += 1) load(undefined, n);
    expect(ttls.of('statistics')?.reason).toMatch(/^fewer/);
    for (let n = 0; n < 25; n += 1) load(false, 1000);
    for (let n = 0; n < 25; n += 1) load(false, 10);
    expect(ttls.of('statistics')?.reason).toBe(
      'values changed in 0 % of 50 loads, and 100 % of look-ups hit: kept at 900 s',
    );
  });
});

describe('a hash of 32 bits', () => {
  it('tells texts apart and is FNV-1a', () => {
    expect(hash32('')).toBe(0x811c9dc5);
    expect(hash32('a')).toBe(0xe40c292c);
    expect(hash32('foobar')).toBe(0xbf9cf968);
    const hashes = new Set(Array.from({ length: 10_000 }, (_, index) => hash32(`{"count":${index}}`)));
    expect(hashes.size).toBe(10_000);
  });
});
