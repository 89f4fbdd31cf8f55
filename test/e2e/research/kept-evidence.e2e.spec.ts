import { DataSource } from 'typeorm';
import { EvidenceEntity } from '../../../src/modules/research/entities/evidence.entity.js';
import { EvidenceRepository } from '../../../src/modules/research/evidence.repository.js';
import { EvidenceService } from '../../../src/modules/research/evidence.service.js';
import { pieceOf } from '../../../src/modules/research/evidence/piece.js';
import { BulkService } from '../../../src/shared/database/bulk/bulk.service.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { testConfig } from '../../support/config.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';

const OURS = mintWorkspaceScope('00000000-0000-7000-8000-000000000001');
const THEIRS = mintWorkspaceScope('00000000-0000-7000-8000-0000000000ff');
const PUBLIC = mintWorkspaceScope('00000000-0000-7000-8000-000000000000');
const piece = pieceOf({
  source: 'page',
  title: 'a page',
  mediaType: 'text/plain',
  body: 'forty-two',
  fetchedAt: '2026-01-01T00:00:00.000Z',
});

describe('evidence that a process has read before', () => {
  let database: TestDatabase;
  let source: DataSource;
  let here: EvidenceService;
  let elsewhere: EvidenceService;

  beforeAll(async () => {
    database = await testDatabase();
    source = await new DataSource({
      type: 'postgres',
      url: database.url,
      poolSize: 3,
      entities: [EvidenceEntity],
    }).initialize();
    const bulk = new BulkService(source, testConfig());
    here = new EvidenceService(new EvidenceRepository(source, bulk));
    elsewhere = new EvidenceService(new EvidenceRepository(source, bulk));
    await here.put(OURS, [piece]);
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.close();
  });

  it('is the same object again, without its body being read', async () => {
    const [first, second] = [await here.getMany(OURS, [piece.sha256]), await here.getMany(OURS, [piece.sha256])];
    expect(first.get(piece.sha256)?.body).toBe('forty-two');
    expect(second.get(piece.sha256)).toBe(first.get(piece.sha256));
  });

  it('is gone at once when another process removes it, and back when it is put again', async () => {
    await elsewhere.remove(OURS, [piece.sha256], 'test');
    expect((await here.getMany(OURS, [piece.sha256])).size).toBe(0);
    await expect(here.get(OURS, piece.sha256)).rejects.toMatchObject({ code: 'evidence_removed' });
    await elsewhere.put(OURS, [piece]);
    expect((await here.getMany(OURS, [piece.sha256])).get(piece.sha256)?.body).toBe('forty-two');
  });

  it('is a tombstone for documents once it was removed, unless the public has the same', async () => {
    const hashes = [piece.sha256, 'f'.repeat(64)];
    expect(await here.tombstones(OURS, hashes)).toEqual([]);
    await elsewhere.remove(OURS, [piece.sha256], 'test');
    expect(await here.tombstones(OURS, hashes)).toEqual([
      { sha256: piece.sha256, title: 'a page', removedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
    ]);
    expect(await here.tombstones(THEIRS, hashes)).toEqual([]);
    await elsewhere.put(PUBLIC, [piece]);
    expect(await here.tombstones(OURS, hashes)).toEqual([]);
    await elsewhere.remove(PUBLIC, [piece.sha256], 'test');
    expect(await here.tombstones(OURS, hashes)).toHaveLength(1);
    await elsewhere.put(OURS, [piece]);
  });

  it('is not shown to another workspace', async () => {
    expect((await here.getMany(THEIRS, [piece.sha256])).size).toBe(0);
  });
});
