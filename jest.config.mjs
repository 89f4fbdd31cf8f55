import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Jest runs CommonJS (the only set-up that passes on Node 20, 22 and 24 without flags), so packages that ship ES modules
 * alone are compiled on the way in. The list is computed from what is installed: a hand-kept one goes stale silently.
 */
function esmOnlyPackages(dir = 'node_modules') {
  const names = [];
  for (const entry of readdirSync(dir)) {
    if (entry.startsWith('.')) continue;
    const path = join(dir, entry);
    if (entry.startsWith('@')) names.push(...esmOnlyPackages(path).map((name) => `${entry}/${name}`));
    else {
      const file = join(path, 'package.json');
      if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).type === 'module') names.push(entry);
    }
  }
  return names;
}

const swc = (parser, sourceMaps) => [
  '@swc/jest',
  {
    jsc: {
      parser,
      target: 'es2022',
      keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
    sourceMaps,
  },
];

const shared = {
  testEnvironment: 'node',
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }, 'inline'),
    '^.+\\.m?js$': swc({ syntax: 'ecmascript' }, false),
  },
  // The parser's runtime imports Node's modules by `import()`, which Jest's CommonJS can't do uncompiled.
  transformIgnorePatterns: [`node_modules/(?!(${[...esmOnlyPackages(), '@vscode/tree-sitter-wasm'].join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist'],
};

export default {
  // The suites wait for a database more than they compute: a worker for each core, not one less.
  maxWorkers: '100%',
  // The first suite of a run makes the template of the databases, and a machine under load may take longer than 5 seconds for that.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{src,migrations}/**/*.spec.ts', '<rootDir>/test/{unit,architecture}/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/{integration,e2e}/**/*.spec.ts'],
    },
    { ...shared, displayName: 'long', testMatch: ['<rootDir>/test/long/**/*.spec.ts'] },
  ],
};
