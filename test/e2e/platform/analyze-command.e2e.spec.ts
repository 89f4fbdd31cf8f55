import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { runProgram } from '../../support/program.js';
import { releaseOf, type Release } from '../../support/service.js';

interface Analysis {
  readonly stack: readonly { readonly name: string }[];
  readonly endpoints: readonly { readonly method: string; readonly path: string }[];
  readonly stats: { readonly skipped: readonly { readonly file: string; readonly reason: string }[] };
}

const FIXTURES = join(PROJECT_ROOT, 'test', 'fixtures', 'code');
const EXPRESS = join(FIXTURES, 'express', 'modules');
const NEST = join(FIXTURES, 'nestjs', 'application');

describe('techspec analyze', () => {
  let release: Release;
  let folder: string;

  beforeAll(() => {
    release = releaseOf();
    folder = mkdtempSync(join(tmpdir(), 'techspec-analyze-'));
  }, 60_000);

  afterAll(() => {
    release.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]) =>
    runProgram(release, 'cli', {
      args: ['analyze', ...args],
      cwd: folder,
      env: { TECHSPEC_DATA: join(folder, 'data') },
      timeoutMs: 60_000,
    });

  const write = (path: string, text: string) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };

  const expected = (of: string) => (JSON.parse(readFileSync(join(of, 'expected.json'), 'utf8')) as string[]).sort();
  const found = ({ endpoints }: Analysis) => endpoints.map(({ method, path }) => `${method} ${path}`).sort();

  it('prints one JSON object and nothing else, and starts no database', async () => {
    const { code, out, err } = await run(EXPRESS, '--format', 'json');
    expect([code, err, out.split('\n').length]).toEqual([0, '', 2]);
    const analysis = JSON.parse(out) as Analysis;
    expect(Object.keys(analysis)).toEqual(['stack', 'components', 'endpoints', 'drift', 'stats']);
    expect(found(analysis)).toEqual(expected(EXPRESS));
    expect(analysis.stack.map(({ name }) => name)).toContain('express');
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('prints the same bytes when it is run again', async () => {
    expect(await run(NEST, '--format', 'json')).toEqual(await run(NEST, '--format', 'json'));
  });

  it('ends with 0 when it finds nothing, and when files are broken', async () => {
    write('broken/package.json', '{ nope');
    write('broken/deep.js', `const express = require('express');\n${'(\n'.repeat(100_000)}`);
    write('broken/line.js', `const express = require('express');\n${'('.repeat(100_000)}`);
    write('broken/half.js', `require('express')().get('/kept', h);\nconst = ;`);
    symlinkSync('..', join(folder, 'broken', 'loop'));
    const { code, out } = await run('broken', '--format', 'json');
    const analysis = JSON.parse(out) as Analysis;
    expect([code, found(analysis)]).toEqual([0, ['GET /kept']]);
    expect(analysis.stats).toMatchObject({
      skipped: [{ file: 'deep.js', reason: 'nested deeper than 400 levels' }],
      leftOut: { minified: 1, link: 1 },
    });
    mkdirSync(join(folder, 'nothing'));
    expect(await run('nothing', '--format', 'json')).toMatchObject({ code: 0, err: '' });
  });

  it('prints a JSON line for each folder of a list, in its order', async () => {
    write('list.txt', `${NEST}\nabsent\n\n${EXPRESS}\n`);
    const { code, out } = await run('--batch', 'list.txt');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Analysis & { error?: string; folder: string });
    expect([code, lines.map((line) => line.folder)]).toEqual([0, [NEST, 'absent', EXPRESS]]);
    expect(lines[1]?.error).toBe('absent is not a folder');
    expect([found(lines[0]!), found(lines[2]!)]).toEqual([expected(NEST), expected(EXPRESS)]);
  });

  it('prints tables for a person', async () => {
    const { out } = await run(EXPRESS);
    expect(out).toMatch(/^dependency {2}express/m);
    expect(out).toMatch(/^GET +\/api\/v2\/users\/\{userId\} +express +src\/routes\/users\.ts:13$/m);
  });

  it.each<[readonly string[], RegExp]>([
    [['--batch', 'absent.txt'], /--batch absent\.txt is not a file/],
    [['x', '--batch', 'list.txt'], /a folder or --batch, not both/],
    [['--batch', 'list.txt', '--format', 'table'], /--format table is not possible/],
  ])('%j is refused in one line', async (args, said) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(said);
  });
});
