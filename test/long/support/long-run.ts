/** What all long suites share: the sample's fixed seed, seeded numbers, and a line for the reader of the log. */

/** CI's sample: a fixed seed and at most a minute a suite. */
export const SAMPLE = process.env['TEST_LONG_SAMPLE'] === '1';

/** TEST_SEED repeats a run; the sample always takes the same. Printed, so that a failure can be repeated. */
export function seedOf(suite: string): number {
  const seed = Number(process.env['TEST_SEED'] ?? (SAMPLE ? 20_260_101 : Date.now() % 1_000_000));
  say(`${suite}: seed ${seed} (TEST_SEED=${seed} repeats it)`);
  return seed;
}

/** Goes to stderr past Jest's frames: figures are read by people. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
