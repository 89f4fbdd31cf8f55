import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = process.cwd();
const bin = (name: string) => join(root, 'node_modules', '.bin', name);

/** One violation per rule: the file that breaks it and what it says. */
const PLANTED: readonly { readonly rule: string; readonly file: string; readonly text: string }[] = [
  { rule: 'feature-identity', file: 'src/modules/identity/a.ts', text: `import '../research/research.types.js';` },
  { rule: 'feature-research', file: 'src/modules/research/a.ts', text: `import '../sessions/sessions.types.js';` },
  {
    rule: 'feature-code-analysis',
    file: 'src/modules/code-analysis/a.ts',
    text: `import '../research/research.types.js';`,
  },
  { rule: 'feature-sessions', file: 'src/modules/sessions/a.ts', text: `import '../dashboard/dashboard.service.js';` },
  {
    rule: 'feature-front-door',
    file: 'src/modules/sessions/b.ts',
    text: `import '../research/research.repository.js';`,
  },
  {
    rule: 'shared-below-features',
    file: 'src/shared/cache/a.ts',
    text: `import '../../modules/research/research.types.js';`,
  },
  { rule: 'shared-below-http', file: 'src/shared/cache/b.ts', text: `import '../../http/requires.decorator.js';` },
  { rule: 'config-at-the-bottom', file: 'src/config/a.ts', text: `import '../shared/cache/c.js';` },
  { rule: 'composition-root-only', file: 'src/modules/sessions/c.ts', text: `import '../../app.js';` },
  {
    rule: 'sql-in-repositories',
    file: 'src/modules/sessions/d.service.ts',
    text: `import { DataSource } from 'typeorm'; export const d = DataSource;`,
  },
  {
    rule: 'redis-in-its-rooms',
    file: 'src/modules/sessions/e.ts',
    text: `import { createClient } from 'redis'; export const e = createClient;`,
  },
  {
    rule: 'egress-only',
    file: 'src/modules/research/f.ts',
    text: `import { request } from 'undici'; export const f = request;`,
  },
  {
    rule: 'scope-is-minted',
    file: 'src/modules/sessions/g.ts',
    text: `import '../../shared/database/workspace-scope.mint.js';`,
  },
  {
    rule: 'pure-folders',
    file: 'src/modules/sessions/document/h.ts',
    text: `import { Injectable } from '@nestjs/common'; export const h = Injectable;`,
  },
  { rule: 'no-circular', file: 'src/shared/cache/i.ts', text: `import './j.js';` },
  { rule: 'no-production-to-test', file: 'src/shared/cache/k.ts', text: `import '../../../test/support/l.js';` },
  { rule: 'no-orphans', file: 'src/shared/cache/lonely.ts', text: `export const lonely = 1;` },
];
/** What the planted files need to exist. */
const AROUND: Readonly<Record<string, string>> = {
  'src/modules/research/research.types.ts': '',
  'src/modules/research/research.repository.ts': '',
  'src/modules/sessions/sessions.types.ts': '',
  'src/modules/dashboard/dashboard.service.ts': '',
  'src/http/requires.decorator.ts': '',
  'src/app.ts': '',
  'src/shared/cache/c.ts': '',
  'src/shared/cache/j.ts': `import './i.js';`,
  'src/shared/database/workspace-scope.mint.ts': '',
  'test/support/l.ts': '',
};

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

function cruise(folder: string, targets: string[]): readonly Violation[] {
  const config = join(root, '.dependency-cruiser.mjs');
  const result = spawnSync(bin('depcruise'), ['--config', config, '--preserve-symlinks', '-T', 'json', ...targets], {
    cwd: folder,
    encoding: 'utf8',
  });
  return (JSON.parse(result.stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the walls', () => {
  let folder: string;
  let violations: readonly Violation[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'walls-'));
    const files = { ...AROUND, ...Object.fromEntries(PLANTED.map(({ file, text }) => [file, text])) };
    // A package that is not installed yet is still recognised by its name.
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text.includes('export') ? text : `${text}\nexport {};\n`);
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(
      join(folder, 'tsconfig.json'),
      '{ "compilerOptions": { "module": "nodenext", "moduleResolution": "nodenext" } }',
    );
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    violations = cruise(folder, ['src']);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(PLANTED)('$rule refuses $file', ({ rule, file }) => {
    expect(violations).toContainEqual(
      expect.objectContaining({ from: file, rule: expect.objectContaining({ name: rule }) }),
    );
  });

  it('has a planted violation and a sentence for each of its rules', () => {
    const script = `import(${JSON.stringify(join(root, '.dependency-cruiser.mjs'))}).then(({ default: { forbidden } }) => console.log(JSON.stringify(forbidden)))`;
    const rules = JSON.parse(spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout) as {
      name: string;
      comment: string;
    }[];
    expect(rules.map(({ name }) => name).sort()).toEqual(PLANTED.map(({ rule }) => rule).sort());
    for (const { comment } of rules) expect(comment.length).toBeGreaterThan(20);
  });

  it('sees the whole product', () => {
    const result = spawnSync(
      bin('depcruise'),
      ['--config', '.dependency-cruiser.mjs', '-T', 'json', 'src', 'migrations'],
      { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    const { totalCruised } = (JSON.parse(result.stdout) as { summary: { totalCruised: number } }).summary;
    expect(totalCruised).toBeGreaterThan(100);
  }, 60_000);
});

describe('the lint rules', () => {
  const long = (lines: number) => Array.from({ length: lines }, (_, at) => `  log(${at});`).join('\n');
  const text = `
import { forwardRef, Global } from '@nestjs/common';
export * from './other.js';
declare function log(value: unknown): void;
export default class Everything {
  constructor(readonly a: 1, readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1) {}
}
@Global()
export class Loud {
  twice: any = forwardRef(() => Everything);
}
export function long() {
${long(51)}
}
export function branchy(x: number) {
${Array.from({ length: 11 }, (_, at) => `  if (x === ${at}) log(x);`).join('\n')}
}
console.log(process.env.HOME);
${Array.from({ length: 300 }, (_, at) => `export const line${at} = ${at};`).join('\n')}
`;
  let found: readonly { ruleId: string; message: string }[];

  beforeAll(() => {
    const lint = (file: string) =>
      (
        JSON.parse(
          spawnSync(bin('eslint'), ['--stdin', '--stdin-filename', file, '-f', 'json'], {
            cwd: root,
            input: text,
            encoding: 'utf8',
          }).stdout,
        ) as { messages: typeof found }[]
      )[0]?.messages ?? [];
    found = [...lint('src/modules/sessions/planted.ts'), ...lint('src/modules/sessions/index.ts')];
  }, 60_000);

  it.each([
    ['max-lines', /300/],
    ['max-lines-per-function', /50/],
    ['complexity', /10/],
    ['@typescript-eslint/max-params', /5/],
    ['@typescript-eslint/no-explicit-any', /any/],
    ['no-console', /console/],
    ['no-restricted-syntax', /Export by name/],
    ['no-restricted-syntax', /Only src\/config reads the environment/],
    ['no-restricted-syntax', /cycle between providers/],
    ['no-restricted-syntax', /only the configuration is global/],
    ['no-restricted-syntax', /No barrels: import the file/],
    ['no-restricted-syntax', /No barrels: name the file/],
  ])('%s refuses a planted violation (%s)', (rule, message) => {
    expect(found).toContainEqual(expect.objectContaining({ ruleId: rule, message: expect.stringMatching(message) }));
  });
});
