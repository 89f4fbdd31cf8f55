import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { testDatabase } from '../support/database.js';
import type { ScriptedRegistry } from '../support/registry.js';
import { releaseOf, ServiceProcess, type Release } from '../support/service.js';
import { EXAMPLES, produce, type DocumentBody } from './support/example-briefs.js';
import { SAMPLE, say, seededRandom, seedOf, shuffled } from './support/long-run.js';
import { delayAnswers, unlikePackages } from './support/unlike-packages.js';

interface Variant {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string;
  /** What Node must say of zone and locale, so that a variant that changes nothing is noticed. */
  readonly sees?: { readonly timeZone: string; readonly locale: string };
}

const KIRITIMATI = { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
const ST_JOHNS = { TZ: 'America/St_Johns', LANG: 'C', LC_ALL: 'C' };
const OTHER_NODE = process.env['TEST_OTHER_NODE'];
if (!OTHER_NODE) say('determinism: no other Node version is looked at (TEST_OTHER_NODE names none)');

const VARIANTS: readonly Variant[] = [
  { name: 'in another process' },
  {
    name: 'in Kiritimati, in Turkish',
    env: KIRITIMATI,
    sees: { timeZone: 'Pacific/Kiritimati', locale: 'tr-TR' },
  },
  {
    name: "in St John's, in locale C, one gap after the other",
    env: { ...ST_JOHNS, GAP_CONCURRENCY: '1' },
    sees: { timeZone: 'America/St_Johns', locale: 'en-US' },
  },
  ...(OTHER_NODE ? [{ name: 'with another Node version', node: OTHER_NODE }] : []),
  ...(SAMPLE ? [] : [1, 2, 3].map((round) => ({ name: `in another order, round ${round}` }))),
];

/** Of the canonical JSON (sorted keys, no spaces), computed here and not by the program. */
function hashOf(body: unknown): string {
  const sorted = (_key: string, value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256').update(JSON.stringify(body, sorted)).digest('hex');
}

describe('the same brief, evidence and criteria give the same document', () => {
  const random = seededRandom(seedOf('determinism'));
  let release: Release;
  let registry: ScriptedRegistry;
  let reference: ReadonlyMap<string, DocumentBody>;

  /** All examples in one fresh process over one fresh database, posted at once in a drawn order. */
  const documents = async (variant: Variant): Promise<ReadonlyMap<string, DocumentBody>> => {
    const database = await testDatabase();
    try {
      const { env, node } = variant;
      const service = await ServiceProcess.start({ release, database, registry: registry.url, env, node });
      try {
        const files = shuffled(EXAMPLES, random);
        return new Map(await Promise.all(files.map(async (file) => [file, await produce(service, file)] as const)));
      } finally {
        await service.stop();
      }
    } finally {
      await database.close();
    }
  };

  beforeAll(async () => {
    release = releaseOf();
    registry = await unlikePackages();
    delayAnswers(registry, () => Math.floor(random() * 120));
    reference = await documents({ name: 'reference' });
  }, 120_000);
  afterAll(async () => {
    await registry?.close();
    release?.remove();
  });

  it('has three briefs to look at, and the hash is that of the body', () => {
    expect(EXAMPLES).toHaveLength(3);
    const hashes = [...reference.values()].map(({ sha256 }) => sha256);
    expect([...reference.values()].map(({ body }) => hashOf(body))).toEqual(hashes);
    expect(new Set(hashes).size).toBe(3);
    for (const [file, { sha256, body }] of reference) say(`  ${file}: ${sha256}, ${body.claims.length} claims`);
  });

  it.each(VARIANTS)(
    '$name',
    async (variant) => {
      expect(seenBy(variant)).toEqual(variant.sees ?? seenBy(variant));
      if (variant.node) expect(versionOf(variant.node)).not.toBe(process.version);
      let found = await documents(variant);
      // The day of the facts belongs to the evidence: over midnight both are made anew.
      if (dayOf(found) !== dayOf(reference)) {
        reference = await documents({ name: 'reference' });
        found = await documents(variant);
      }
      for (const file of EXAMPLES) {
        expect([file, found.get(file)?.body]).toEqual([file, reference.get(file)?.body]);
        expect([file, found.get(file)?.sha256]).toEqual([file, reference.get(file)?.sha256]);
      }
    },
    180_000,
  );
});

function dayOf(documents: ReadonlyMap<string, DocumentBody>): string {
  return [...documents.values()].map(({ body }) => body.factsDate).join();
}

function seenBy({ node = process.execPath, env = {} }: Variant): unknown {
  const ask =
    'const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions(); JSON.stringify({ timeZone, locale })';
  return JSON.parse(
    spawnSync(node, ['-p', ask], { env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' }).stdout,
  );
}

function versionOf(node: string): string {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
}
