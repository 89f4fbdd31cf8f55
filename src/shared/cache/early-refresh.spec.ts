import fc from 'fast-check';
import { dueEarly, jittered } from './early-refresh.js';

/** A repeatable source (mulberry32), in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const unlimited: typeof dueEarly = ({ nowMs, freshUntilMs, loadMs, random }) =>
  nowMs < freshUntilMs && -Math.log(1 - random()) * loadMs >= freshUntilMs - nowMs;

/** Loads of one key over 200 lifetimes when one caller at a time may load; `waited`: look-ups that found nothing fresh. */
function simulate(
  due: typeof dueEarly,
  { ttlMs, loadMs, everyMs }: { ttlMs: number; loadMs: number; everyMs: number },
) {
  const random = seeded(20150914);
  let [loads, waited, storedAtMs, loadedAtMs] = [0, 0, 0, Infinity];
  for (let nowMs = 0; nowMs < 200 * ttlMs; nowMs += everyMs) {
    if (nowMs >= loadedAtMs) [storedAtMs, loadedAtMs] = [loadedAtMs, Infinity];
    const freshUntilMs = storedAtMs + ttlMs;
    if (nowMs >= freshUntilMs) waited += 1;
    if (loadedAtMs !== Infinity) continue;
    if (nowMs < freshUntilMs && !due({ nowMs, storedAtMs, freshUntilMs, loadMs, random })) continue;
    loads += 1;
    loadedAtMs = nowMs + loadMs;
  }
  return { loads, waited };
}

describe('early refresh', () => {
  it.each([
    ['a slow load', { ttlMs: 10_000, loadMs: 1000, everyMs: 2 }],
    ['a load of half the lifetime', { ttlMs: 10_000, loadMs: 5000, everyMs: 2 }],
    ['a quick load', { ttlMs: 10_000, loadMs: 50, everyMs: 2 }],
  ])('of a hot key with %s costs at most 1.3 times the loads that its TTL asks for', (_name, key) => {
    expect(simulate(dueEarly, key).loads).toBeLessThanOrEqual(200 * 1.3);
  });

  it('costs far more loads without the limit, which is why there is one', () => {
    const key = { ttlMs: 10_000, loadMs: 5000, everyMs: 2 };
    expect(simulate(unlimited, key).loads).toBeGreaterThan(simulate(dueEarly, key).loads * 1.3);
  });

  it('spares the callers of a hot key the wait at the end of a lifetime', () => {
    const key = { ttlMs: 10_000, loadMs: 200, everyMs: 2 };
    const late = simulate(() => false, key);
    expect(late.waited).toBeGreaterThan(10_000);
    expect(simulate(dueEarly, key).waited).toBeLessThan(late.waited / 100);
  });

  it('leaves the first 80 % of a lifetime and what has ended alone, and draws nothing there', () => {
    const random = jest.fn(() => 0.999999);
    const at = (nowMs: number) => dueEarly({ nowMs, storedAtMs: 0, freshUntilMs: 1000, loadMs: 1e9, random });
    expect([at(0), at(799), at(1000), at(5000), at(-10)]).toEqual([false, false, false, false, false]);
    expect(random).not.toHaveBeenCalled();
    expect([at(800), at(999)]).toEqual([true, true]);
  });

  it('is never due for a load that takes no time, and the sooner the longer it takes', () => {
    const question = fc.record({
      nowMs: fc.integer({ min: 800, max: 999 }),
      loadMs: fc.nat(10_000),
      drawn: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(question, fc.nat(10_000), ({ nowMs, loadMs, drawn }, more) => {
        const due = (takes: number) =>
          dueEarly({ nowMs, storedAtMs: 0, freshUntilMs: 1000, loadMs: takes, random: () => drawn });
        expect(due(0)).toBe(false);
        expect(due(loadMs) && !due(loadMs + more)).toBe(false);
      }),
    );
  });

  it('is drawn with the probability of the paper', () => {
    const random = seeded(1);
    const due = Array.from({ length: 20_000 }, () =>
      dueEarly({ nowMs: 900, storedAtMs: 0, freshUntilMs: 1000, loadMs: 100, random }),
    ).filter(Boolean).length;
    expect(due / 20_000).toBeCloseTo(Math.exp(-1), 1);
  });
});

describe('jitter', () => {
  it('shortens by at most 10 %, never lengthens, and gives whole milliseconds', () => {
    const drawn = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(31_536_000_000), drawn, (ttlMs, random) => {
        const ttl = jittered(ttlMs, () => random);
        expect(Number.isInteger(ttl)).toBe(true);
        expect(ttl).toBeLessThanOrEqual(ttlMs);
        expect(ttl).toBeGreaterThanOrEqual(ttlMs * 0.9);
      }),
    );
    expect([jittered(0, () => 0.9), jittered(0.2, () => 0.9), jittered(1, () => 0.9)]).toEqual([0, 1, 1]);
  });
});
