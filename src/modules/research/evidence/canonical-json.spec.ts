import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { projectRecord } from './package-record.js';
import { sha256Of } from './piece.js';

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
});

describe('the record that is kept of a package', () => {
  it('has the hash that the published projection of the same record has', () => {
    const record = projectRecord({
      type: 'module',
      name: 'pg-boss',
      version: '12.38.0',
      description: 'left out',
      license: 'MIT',
      engines: { node: '>=22.12.0' },
      main: './dist/index.js',
      types: './dist/index.d.ts',
      dependencies: {
        pg: '^8.23.1',
        'cron-parser': '^5.10.2',
        'serialize-error': '^13.0.2',
        'rrule-temporal': '^2.2.8',
      },
      peerDependencies: { '@opentelemetry/api': '^1.9.0' },
    });
    expect(sha256Of(canonicalJson(record)).slice(0, 12)).toBe('3895f10fdb0e');
  });

  it('takes a field of a wrong shape as absent', () => {
    const record = projectRecord({
      name: 'x',
      version: '1.0.0',
      license: { type: 'MIT' },
      engines: ['node >= 4'],
      dependencies: { a: 1 },
      types: true,
      peerDependenciesMeta: { a: 'optional' },
      exports: null,
    });
    expect(record).toEqual({ name: 'x', version: '1.0.0' });
  });

  it('is none without name or version', () => {
    expect(projectRecord({ version: '1.0.0' })).toBeUndefined();
    expect(projectRecord({ name: 'x', version: 7 })).toBeUndefined();
  });
});
