import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalogue } from '../../../src/http/docs-page.js';
import { STATUS } from '../../../src/http/problem.js';
import type { ErrorKind } from '../../../src/shared/errors/app-error.js';

const root = process.cwd();

/** Code and status of every problem the source can make. */
function codesOfSource(): Map<string, number> {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const found = new Map<string, number>();
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    for (const [, kind, code] of text.matchAll(/new AppError\(\s*'([a-z-]+)',\s*'([\w-]+)'/g))
      found.set(code ?? '', STATUS[kind as ErrorKind]);
    // The answers written by hand to bytes that are no request.
    for (const [, status, code] of text.matchAll(/return \[(\d{3}), '[^']+', '([\w-]+)'/g))
      found.set(code ?? '', Number(status));
  }
  return found;
}

describe('docs/errors.md', () => {
  const documented = readCatalogue(readFileSync(join(root, 'docs', 'errors.md'), 'utf8'));

  it('lists every code of the source with its status, and none that does not exist', () => {
    const source = [...codesOfSource()].map(([code, status]) => `${code} ${status}`).sort();
    expect(source.length).toBeGreaterThan(30);
    expect(documented.map(({ code, status }) => `${code} ${status}`).sort()).toEqual(source);
  });

  it('says something about each', () => {
    expect(documented.filter(({ meaning }) => meaning.length < 15)).toEqual([]);
  });
});
