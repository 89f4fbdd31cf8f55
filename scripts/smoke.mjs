import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale, root } from './build-if-stale.mjs';
import { cleanEnvironment, runSession, startService } from './service.mjs';

/**
 * The built program does the main job as a new user would see it: once on the command line, once over HTTP, and each
 * claim of the document is checked again from the outside. Works with the registry reachable or not: then the document
 * says what is unknown.
 */
await buildIfStale();
const folder = mkdtempSync(join(tmpdir(), 'techspec-smoke-'));
// As root the database runs as nobody: in a folder that is closed to it, it would be kept elsewhere and left there.
chmodSync(folder, 0o711);
const brief = join(root, 'docs', 'examples', 'web-shop-orders.md');
const say = (text) => process.stdout.write(`smoke: ${text}\n`);

async function commandLine() {
  const file = join(folder, 'trd.md');
  const args = [join(root, 'dist', 'src', 'cli.js'), 'run', brief, '--out', file];
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    env: cleanEnvironment({ TECHSPEC_DATA: join(folder, 'cli') }),
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(result.status, 0, `run ended with ${result.status}:\n${result.stderr}`);
  const text = readFileSync(file, 'utf8');
  assert.ok(/^# Technical requirements: /m.test(text), 'the document has its title');
  assert.ok(/^\| R-\d{3} \| .* shall /m.test(text), 'it has requirements');
  assert.ok(text.includes('| E-01 |'), 'it lists its evidence');
  say(`the command line wrote a document of ${text.length} characters`);
}

async function overHttp() {
  const service = await startService({ dataDir: join(folder, 'service') });
  try {
    assert.ok(service.output.stdout.includes('tsk_'), 'the first start shows the key');
    const session = await runSession(service, {
      name: 'Ticket resale',
      brief: {
        projectType: 'web service',
        requirements: [
          'Fans resell concert tickets. 2,000 sales per minute at the peak, 50 per minute otherwise.',
          'Fraud checks must finish within 2 seconds. Personal data is deleted 90 days after the event.',
        ],
        techStack: { language: 'TypeScript', runtime: 'Node.js 24', database: 'PostgreSQL' },
        constraints: { licenses: ['MIT', 'Apache-2.0', 'ISC'] },
      },
    });
    assert.match(session.status, /^completed/);
    const document = await (await service.call('GET', `${session.path}/document`)).json();
    const { claims, requirements } = document.body;
    assert.ok(requirements.length >= 5, `only ${requirements.length} requirements`);
    assert.ok(claims.length >= 10, `only ${claims.length} claims`);
    for (const { id, citation } of claims) await checkClaim(service, id, citation);
    say(
      `HTTP: ${session.status}, ${requirements.length} requirements, ${claims.length} claims, each found in its evidence`,
    );
  } finally {
    assert.equal(await service.stop('SIGINT'), 0, `exit code after Ctrl-C; it said:\n${service.output.stderr}`);
  }
}

async function checkClaim(service, id, { evidence, pointer, value, quote }) {
  const query =
    quote === undefined
      ? new URLSearchParams({ pointer, value: JSON.stringify(value) })
      : new URLSearchParams({ quote });
  const response = await service.call('GET', `/v1/evidence/${evidence}/check?${query}`);
  const answer = await response.json();
  assert.equal(answer.verdict, 'found', `claim ${id}: ${JSON.stringify(answer)}`);
}

try {
  await commandLine();
  await overHttp();
  say('ok');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
