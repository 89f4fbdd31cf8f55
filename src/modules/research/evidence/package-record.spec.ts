import { canonicalJson, sha256Of } from '../../../shared/canonical-json/canonical-json.js';
import { projectRecord } from './package-record.js';

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
