import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/build-if-stale.mjs';
import { cleanEnvironment } from '../../scripts/service.mjs';
import { cloneHead, run, strangersEnvironment, timeNpmStart, withModules } from './clone.mjs';
import { ownServer } from './database.mjs';
import { part, row, told } from './row.mjs';
import { median } from './statistics.mjs';

const BRIEF = 'docs/examples/web-shop-orders.md';

/** A1: clone, `npm ci` on an empty cache, the command line on a brief; the document must come out. Measured once. */
export async function freshClone(figure, { scratch, say }) {
  const startedAt = performance.now();
  const cwd = cloneHead(scratch);
  const env = { ...strangersEnvironment(scratch), TECHSPEC_DATA: scratch.folder('data') };
  run('npm', ['ci'], { cwd, env });
  const installedMs = performance.now() - startedAt;
  say(`installed after ${Math.round(installedMs / 1000)} s`);
  const text = run('npm', ['run', '--silent', 'techspec', '--', 'run', BRIEF], { cwd, env });
  const ms = performance.now() - startedAt;
  if (!/^# Technical requirements: /m.test(text)) throw new Error(`no document on stdout: ${text.slice(0, 200)}`);
  return row(figure, 1, [part('whole', ms / 1000, 180, 's'), told('npm ci of it', installedMs / 1000, 's')]);
}

/** A2: `npm start` to ready in a clone: without a build and data the first times, with both later. */
export async function npmStart(figure, { scratch, quick }) {
  const env = (data) => cleanEnvironment({ TECHSPEC_DATA: data });
  const cwd = quick ? root : withModules(cloneHead(scratch));
  const data = scratch.folder('data');
  const first = [];
  for (let one = 0; one < (quick ? 0 : 3); one++) {
    rmSync(join(cwd, 'dist'), { recursive: true, force: true });
    first.push(await timeNpmStart(scratch, cwd, env(scratch.folder('data'))));
  }
  await timeNpmStart(scratch, cwd, env(data));
  const later = [];
  for (let one = 0; one < (quick ? 1 : 5); one++) later.push(await timeNpmStart(scratch, cwd, env(data)));
  const laterPart = part('later starts (median)', median(later) / 1000, 4, 's');
  if (quick) return row(figure, later.length, [laterPart]);
  return row(figure, first.length, [part('first start with build', Math.max(...first) / 1000, 15, 's'), laterPart]);
}

/** A3: `npm start` to ready when a server is given; the first of them on an empty database, which it migrates. */
export async function serverGiven(figure, { scratch, quick }) {
  const server = await ownServer(scratch);
  const env = cleanEnvironment({ DATABASE_URL: server.ownerUrl, TECHSPEC_DATA: scratch.folder('data') });
  const empty = await timeNpmStart(scratch, root, env);
  const times = [];
  for (let one = 0; one < (quick ? 1 : 5); one++) times.push(await timeNpmStart(scratch, root, env));
  return row(figure, times.length, [
    part('starts (median)', median(times) / 1000, 3, 's'),
    told('first start, empty database', empty / 1000, 's'),
  ]);
}
