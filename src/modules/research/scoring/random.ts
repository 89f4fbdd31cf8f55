/**
 * Seeded numbers. Each stream has a name of its own, so that the numbers an option meets don't depend on which other
 * options are compared, nor on the order in which they came.
 */

/** FNV-1a, 32 bits, over UTF-16 units: spreads a name into a seed. */
function hash(seed: number, name: string): number {
  let value = (2166136261 ^ seed) >>> 0;
  for (let index = 0; index < name.length; index += 1) {
    value = Math.imul(value ^ name.charCodeAt(index), 16777619) >>> 0;
  }
  return value;
}

/**
 * mulberry32 (T. Ettinger, public domain): 32 bits of state, period 2^32, passes gjrand; far more than 1,000 draws need.
 *
 * @returns a function that gives the next number in [0, 1)
 */
export function stream(seed: number, name: string): () => number {
  let state = hash(seed >>> 0, name);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
