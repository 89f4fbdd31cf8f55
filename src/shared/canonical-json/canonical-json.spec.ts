import fc from 'fast-check';
import { canonicalJson, fingerprint } from './canonical-json.js';

/** The same value with the members of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
}

describe('canonical JSON', () => {
  it('means the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is the same text whatever the order of the members', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => canonicalJson(shuffled(value)) === canonicalJson(value)));
  });

  it('sorts by code units, writes no space and leaves absent members out', () => {
    expect(canonicalJson({ b: [1, undefined], a: undefined, Z: { é: null, e: 1 } })).toBe(
      '{"Z":{"e":1,"é":null},"b":[1,null]}',
    );
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
  });

  it('tells different values apart by their fingerprint', () => {
    expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: '1' }));
    expect(fingerprint([1, 2])).not.toBe(fingerprint([2, 1]));
    expect(fingerprint({ a: undefined })).toBe(fingerprint({}));
    expect(fingerprint({ 2: 'b', 10: 'a', __proto__x: 1 })).toBe(fingerprint({ __proto__x: 1, 10: 'a', 2: 'b' }));
  });
});
