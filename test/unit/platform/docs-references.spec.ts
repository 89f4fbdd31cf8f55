import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const PAGES = ['README.md', 'ARCHITECTURE.md', 'SECURITY.md'].concat(
  readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
);

/** A page that names a test which was renamed shows nothing any more. */
describe('what the pages refer to', () => {
  it.each(PAGES)('%s names tests that exist', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const named = [...text.matchAll(/`((?:src|test|bench|scripts)\/[\w./-]+\.(?:ts|mjs|json))`/g)].map(
      ([, path]) => path!,
    );
    expect(named.filter((path) => !existsSync(join(ROOT, path)) && !path.startsWith('bench/results/'))).toEqual([]);
  });

  it('finds names at all', () => {
    const text = readFileSync(join(ROOT, 'docs/promises.md'), 'utf8');
    expect(text.match(/`test\//g)!.length).toBeGreaterThan(40);
  });
});
