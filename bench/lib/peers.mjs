import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/build-if-stale.mjs';
import { run } from './clone.mjs';

const folder = join(root, 'bench');
/** Says from which lock the packages were installed. */
const stamp = join(folder, 'node_modules', '.installed-from');

/**
 * Installs what the benchmarks compare with (bench/package.json, by its own lock) unless it is there already. Import a peer
 * after this by `import('…')` in a file of bench/: a static import would be resolved before.
 * @throws with what npm said when it can't be installed
 */
export function installPeers() {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing what is compared with …\n');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, env: process.env });
  writeFileSync(stamp, lock);
}

/** The version of a peer that is installed in bench/, for the table. */
export function peerVersion(name) {
  const file = join(folder, 'node_modules', name, 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
