import { createHash } from 'node:crypto';
import type { Claim, EvidenceRow } from '../../src/modules/sessions/document/document.types.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import type { ScriptedRegistry } from '../support/registry.js';
import { releaseOf, ServiceProcess, type Release } from '../support/service.js';
import { EXAMPLES, documentOf, produce, type DocumentBody } from './support/example-briefs.js';
import { say } from './support/long-run.js';
import { unlikePackages } from './support/unlike-packages.js';

interface Checked {
  readonly id: string;
  readonly verdict: string;
}

/** Everything here is asked over HTTP, as a reader of the document would. */
describe('the claims of the documents of the three briefs', () => {
  let release: Release;
  let registry: ScriptedRegistry;
  let database: TestDatabase;
  let service: ServiceProcess;
  let documents: DocumentBody[];

  const check = async ({ id, citation, subject }: Claim): Promise<Checked> => {
    const query = new URLSearchParams(
      'quote' in citation
        ? { quote: citation.quote }
        : { pointer: citation.pointer, value: JSON.stringify(citation.value) },
    );
    if (subject) query.set('subject', subject.name);
    if (subject) query.set('version', subject.version);
    const answer = await service.request('GET', `/v1/evidence/${citation.evidence}/check?${query.toString()}`);
    const { verdict, code } = (await answer.json()) as { verdict?: string; code?: string };
    return { id, verdict: verdict ?? `${answer.status} ${code}` };
  };

  const failing = async ({ body }: DocumentBody): Promise<readonly Checked[]> => {
    const checked: Checked[] = [];
    for (const claim of body.claims) checked.push(await check(claim));
    return checked.filter(({ verdict }) => verdict !== 'found');
  };

  const fetched = async (sha256: string) => {
    const answer = await service.request('GET', `/v1/evidence/${sha256}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, sha256: createHash('sha256').update(bytes).digest('hex') };
  };

  beforeAll(async () => {
    release = releaseOf();
    registry = await unlikePackages();
    database = await testDatabase();
    service = await ServiceProcess.start({ release, database, registry: registry.url });
    documents = await Promise.all(EXAMPLES.map((file) => produce(service, file)));
  }, 180_000);
  afterAll(async () => {
    await service?.stop();
    await registry?.close();
    await database?.close();
    release?.remove();
  });

  it('are all found in their evidence when they are checked from the outside', async () => {
    const found = await Promise.all(documents.map(failing));
    const claims = documents.map(({ body }) => body.claims.length);
    say(`  ${claims.join(' + ')} claims checked from the outside, ${found.flat().length} fail`);
    expect(Math.min(...claims)).toBeGreaterThan(50);
    expect(found.flat()).toEqual([]);
  }, 120_000);

  it('are refused when value, quote, place or package is another one', async () => {
    const sample = documents.flatMap(({ body }) => body.claims).filter((_, index) => index % 25 === 0);
    for (const claim of sample) {
      expect((await check(distorted(claim))).verdict).not.toBe('found');
      const other = { name: 'another-package', version: '0.0.0' };
      if (claim.subject) expect((await check({ ...claim, subject: other })).verdict).toBe('misattributed');
    }
    expect(sample.length).toBeGreaterThan(20);
  }, 60_000);

  it('rest on evidence that can be fetched, and whose bytes have the hash it is known by', async () => {
    let rows = 0;
    for (const { body } of documents) {
      const listed = new Set(body.evidence.map((row: EvidenceRow) => row.sha256));
      expect(body.claims.filter(({ citation }) => !listed.has(citation.evidence))).toEqual([]);
      for (const sha256 of listed) expect(await fetched(sha256)).toEqual({ status: 200, sha256 });
      rows += listed.size;
    }
    say(`  ${rows} pieces of evidence fetched, each with its hash`);
  }, 60_000);

  it('stay checkable in other documents when a session is deleted; what only it used is gone', async () => {
    const [file = ''] = EXAMPLES;
    const [first, second, third] = documents;
    if (!first || !second || !third) throw new Error('there are not three documents');
    const twin = await produce(service, file);
    expect(twin.sha256).toBe(first.sha256);
    const brief = first.body.briefSha256;

    await service.call('DELETE', `/v1/sessions/${first.sessionId}`);
    expect((await service.request('GET', `/v1/sessions/${first.sessionId}/document`)).status).toBe(404);
    // Its twin rests on the same pieces, so none of them goes.
    for (const document of [twin, second, third]) expect(await failing(document)).toEqual([]);
    expect(await documentOf(service, twin.sessionId)).toEqual(twin);

    await service.call('DELETE', `/v1/sessions/${twin.sessionId}`);
    expect((await fetched(brief)).status).toBe(410);
    const shared = first.body.evidence.filter(({ sha256 }) => sha256 !== brief);
    for (const { sha256 } of shared) expect(await fetched(sha256)).toEqual({ status: 200, sha256 });
    for (const document of [second, third]) expect(await failing(document)).toEqual([]);
    say(`  two sessions of one brief deleted: 1 piece gone with the last of them, ${shared.length} public facts stay`);

    // The same brief handed in again is evidence again.
    const again = await produce(service, file);
    expect(await failing(again)).toEqual([]);
    expect(again.sha256).toBe(first.sha256);
  }, 180_000);
});

/** The same claim with another value, or with a quote whose words are in another order. */
function distorted(claim: Claim): Claim {
  const { citation } = claim;
  const changed =
    'quote' in citation
      ? { ...citation, quote: citation.quote.split('').reverse().join('') + ' zebra' }
      : { ...citation, value: `${String(citation.value)}x` };
  return { ...claim, citation: changed };
}
