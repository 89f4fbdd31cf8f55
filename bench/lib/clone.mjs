import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/build-if-stale.mjs';
import { freePort } from '../../scripts/service.mjs';

/** A clone of HEAD (what is not committed is not in it), as a stranger gets it. */
export function cloneHead(scratch) {
  const folder = join(scratch.folder('clone'), 'techspec');
  run('git', ['clone', '--quiet', root, folder], { cwd: root, env: process.env });
  return folder;
}

/** For figures that begin after `npm ci`. */
export function withModules(folder) {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** An environment that holds nothing of this one but where programs and the package registry are; empty npm cache. */
export function strangersEnvironment(scratch) {
  const home = scratch.folder('home');
  const npmrc = join(homedir(), '.npmrc');
  if (existsSync(npmrc)) copyFileSync(npmrc, join(home, '.npmrc'));
  mkdirSync(join(home, '.npm'));
  const registry = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).stdout.trim();
  return {
    PATH: process.env.PATH,
    HOME: home,
    LANG: 'C.UTF-8',
    CI: 'true',
    npm_config_cache: join(home, '.npm'),
    npm_config_registry: registry,
  };
}

/** Runs a command to its end. @returns its stdout @throws with the end of what it said when it fails */
export function run(file, args, { cwd, env, timeoutMs = 600_000 }) {
  const result = spawnSync(file, args, { cwd, env, encoding: 'utf8', timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 });
  if (result.status !== 0)
    throw new Error(
      `${file} ${args.join(' ')} ended with ${result.status ?? result.signal}: ${result.stderr.slice(-500)}`,
    );
  return result.stdout;
}

/** `npm start` in a folder until it is ready, then Ctrl-C to its process group. @returns milliseconds to ready */
export async function timeNpmStart(scratch, folder, env) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...env, PORT: String(port), LOG_LEVEL: 'warn', RATE_LIMIT_ENABLED: 'false' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (text) => (said = (said + text).slice(-2000)));
  const exited = once(child, 'exit');
  const stop = scratch.onClean(async () => {
    if (child.exitCode === null && !child.signalCode) process.kill(-child.pid, 'SIGINT');
    await exited;
  });
  while (!(await ready(port))) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}: ${said}`);
    if (performance.now() - startedAt > 120_000) throw new Error(`npm start was not ready within 120 s: ${said}`);
    await sleep(20);
  }
  const readyMs = performance.now() - startedAt;
  await stop();
  return readyMs;
}

async function ready(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
  } catch {
    return false;
  }
}
