import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/build-if-stale.mjs';
import { startService } from '../../scripts/service.mjs';

/** The hard stop of the service is at 25 s; beyond that something hangs. */
const STOP_MS = 30_000;

/** Folders and processes of one run: whatever happens, `clean` ends and removes them, last made first. */
export class Scratch {
  #folder = open(mkdtempSync(join(tmpdir(), 'techspec-bench-')));
  #ends = [];

  folder(name) {
    return open(mkdtempSync(join(this.#folder, `${name}-`)));
  }

  /** Registers what has to be ended; the answer ends it now, once. */
  onClean(end) {
    let ended;
    const once = () => (ended ??= Promise.resolve(end()).catch(() => undefined));
    this.#ends.push(once);
    return once;
  }

  /** A service of its own process, on an empty data folder unless one is given. */
  async service({ dataDir = this.folder('data'), env, command } = {}) {
    const service = await startService({ dataDir, env, command, timeoutMs: 90_000 });
    return { ...service, dataDir, stop: this.onClean(() => endWithin(service, STOP_MS)) };
  }

  /** Ends what was begun since `mark()`, so that one figure does not burden the next. */
  mark() {
    return this.#ends.length;
  }

  async endSince(mark) {
    for (const end of this.#ends.splice(mark).reverse()) await end();
  }

  async clean() {
    await this.endSince(0);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** As root the database runs as nobody: in a folder that is closed to it, it would be kept elsewhere and left there. */
function open(folder) {
  chmodSync(folder, 0o711);
  return folder;
}

/** A service that does not stop is killed and told of: it must not hold up the other figures. */
async function endWithin(service, ms) {
  const timer = setTimeout(() => {
    process.stderr.write(`  the service did not stop within ${ms / 1000} s of Ctrl-C and was killed\n`);
    service.child.kill('SIGKILL');
  }, ms);
  await service.stop('SIGINT');
  clearTimeout(timer);
}

/** The brief of ten gaps, as POST /v1/sessions takes it. */
export const TEN_GAPS = JSON.parse(readFileSync(join(root, 'bench', 'briefs', 'ten-gaps.json'), 'utf8'));

/** The same brief with another first requirement: another cache key for each of its gaps, the same facts. */
export function variant(number) {
  const [, ...rest] = TEN_GAPS.brief.requirements;
  const first = `Fans resell concert tickets. ${2000 + number} sales per minute at the peak, 50 per minute otherwise.`;
  return { ...TEN_GAPS, name: `Ticket resale ${number}`, brief: { ...TEN_GAPS.brief, requirements: [first, ...rest] } };
}

/** Throws unless the session researched exactly ten gaps: else the figures would be of another question. */
export function assertTenGaps(session) {
  const { total, failed } = session.nodes.find(({ name }) => name === 'research').gaps;
  if (total !== 10 || failed > 0)
    throw new Error(`the brief of ten gaps gave ${total} to research, ${failed} of them failed: adapt bench/briefs`);
}

/** Sum of a counter over its labels, or of those lines that have the given label text. */
export async function counter(service, name, label = '') {
  const text = await (await fetch(`${service.address}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
