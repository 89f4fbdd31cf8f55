import fc from 'fast-check';
import { canonicalJson } from '../../../shared/canonical-json/canonical-json.js';
import { compareIds } from './canonical.js';
import { fixtureGate, fixtureInput } from './document.fixture.js';
import type { DocumentInput } from './document.types.js';
import { produce } from './produce.js';

const expected = produce(fixtureInput(), fixtureGate).sha256;

/** The same input with every list whose order carries no meaning shuffled, as another completion order would leave it. */
const shuffled = fc.integer({ min: 1, max: 2 ** 31 }).map((seed): DocumentInput => {
  const input = fixtureInput();
  let state = seed;
  const shuffle = <T>(items: readonly T[]): T[] => {
    const copy = [...items];
    for (let at = copy.length - 1; at > 0; at -= 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const other = state % (at + 1);
      [copy[at], copy[other]] = [copy[other]!, copy[at]!];
    }
    return copy;
  };
  return {
    ...input,
    gaps: shuffle(input.gaps),
    definitions: shuffle(input.definitions),
    criteria: { ...input.criteria, criteria: shuffle(input.criteria.criteria) },
    research: shuffle(input.research).map((result) => ({
      ...result,
      options: shuffle(result.options).map((option) => ({
        ...option,
        constraints: shuffle(option.constraints),
        values: shuffle(option.values),
      })),
    })),
    comparisons: shuffle(input.comparisons),
    evidence: new Map(shuffle([...input.evidence])),
  };
});

describe('the bytes of a document', () => {
  it('are the same for the same input in any order', () => {
    fc.assert(
      fc.property(shuffled, (input) => {
        expect(produce(input, fixtureGate).sha256).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('do not depend on when the facts were fetched', () => {
    const input = fixtureInput();
    const evidence = new Map(
      [...input.evidence].map(([hash, piece]) => [hash, { ...piece, fetchedAt: '2026-11-20T23:59:59Z' }]),
    );
    expect(produce({ ...input, evidence }, fixtureGate).sha256).toBe(expected);
  });

  it('change with a word of the brief', () => {
    expect(produce(fixtureInput(['Guests may sell.']), fixtureGate).sha256).not.toBe(expected);
  });

  it('come from JSON with sorted keys', () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    );
  });

  it('order ids by their numbers', () => {
    expect(['R-010', 'G-11', 'G-2', 'N10', 'N9'].sort(compareIds)).toEqual(['G-2', 'G-11', 'N9', 'N10', 'R-010']);
  });
});
