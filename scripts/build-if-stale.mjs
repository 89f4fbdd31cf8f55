import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');
const stamp = join(root, 'dist', '.built-from');

/** A hash over name, size and time of everything the build reads: cheap, and wrong only towards building once more. */
function fingerprint() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const stat = statSync(path);
    if (stat.isDirectory()) for (const entry of readdirSync(path).sort()) visit(join(path, entry));
    else hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
  };
  for (const name of [
    'src',
    'migrations',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'nest-cli.json',
  ])
    visit(join(root, name));
  return hash.digest('hex');
}

/** Builds dist/ unless it was built from exactly these files. An image holds no sources: then there is nothing to build. */
export async function buildIfStale() {
  if (!existsSync(join(root, 'src'))) return;
  const now = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  process.stderr.write('Building …\n');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const { compile } = await import('./compile.mjs').catch(() => {
    process.stderr.write('The build tools are missing: run "npm ci" first.\n');
    process.exit(1);
  });
  await compile(root);
  writeFileSync(stamp, now);
}
