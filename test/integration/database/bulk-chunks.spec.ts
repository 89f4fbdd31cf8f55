import { DataSource } from 'typeorm';
import type { BulkProgress } from '../../../src/shared/database/bulk/bulk.types.js';
import { Clock } from '../../../src/shared/clock/clock.js';
import { runInTransaction } from '../../../src/shared/database/transaction.js';
import { Deadlines } from '../../../src/shared/deadline/deadline.js';
import { AppError } from '../../../src/shared/errors/app-error.js';
import { runBound } from '../../../src/shared/logging/request-context.js';
import { bulkKit, type BulkKit, Counter, OURS, Place, Sample, samples, THEIRS } from '../../support/bulk.js';

let kit: BulkKit;
beforeAll(async () => {
  kit = await bulkKit();
});
afterAll(() => kit?.close());
afterEach(async () => {
  const { master } = kit.source.driver as unknown as { master: { totalCount: number; idleCount: number } };
  expect(master.idleCount).toBe(master.totalCount);
  await kit.source.query('TRUNCATE samples, counters, places, visits');
});

const count = async (source: DataSource, table = 'samples'): Promise<number> =>
  (await source.query(`SELECT count(*)::int AS n FROM ${table}`))[0].n;

/** Rows one after the other, and how many were asked for. */
function stream(list: readonly object[], failsAt = Infinity) {
  const seen = { asked: 0, closed: false };
  async function* rows() {
    try {
      for (const row of list) {
        if (seen.asked++ === failsAt) throw new Error('the source broke');
        yield row;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, rows: rows() };
}

/** Of which the row at `at` is refused by the table (CHECK amount <> 13). */
const withBad = (rows: readonly { readonly id: string }[], at: number) =>
  rows.map((row, place) => (place === at ? { ...row, amount: 13 } : row));

describe('the chunks of a bulk write', () => {
  it.each([
    [0, 0],
    [1, 1],
    [4, 1],
    [5, 1],
    [6, 2],
    [10, 2],
    [11, 3],
  ])('hold all of %i rows, five at most in each', async (rows, chunks) => {
    for (const atomic of [true, false]) {
      const told: BulkProgress[] = [];
      const onProgress = (progress: BulkProgress) => void told.push(progress);
      const result = await kit.bulk.insert(OURS, Sample, stream(samples(rows)).rows, { atomic, onProgress });
      expect(result).toEqual({ rows, written: rows, chunks, failed: [] });
      expect(told.map(({ done }) => done)).toEqual(
        Array.from({ length: chunks }, (_, place) => Math.min(rows, 5 * (place + 1))),
      );
      expect(told.at(-1) ?? { done: 0, written: 0, chunks: 0, failed: 0 }).toEqual({
        done: rows,
        written: rows,
        chunks,
        failed: 0,
      });
    }
    expect(await count(kit.source)).toBe(2 * rows);
  });

  it('are all or none: of a failure in the last nothing is left', async () => {
    for (const rows of [withBad(samples(11), 10), stream(withBad(samples(11), 10)).rows])
      await expect(kit.bulk.insert(OURS, Sample, rows)).rejects.toThrow('samples_amount_check');
    const wrong = samples(11).map((row, place) => (place === 10 ? { ...row, title: '\0' } : row));
    await expect(kit.bulk.insert(OURS, Sample, wrong)).rejects.toMatchObject({ errors: [{ pointer: '/10/title' }] });
    expect(await count(kit.source)).toBe(0);
  });

  it('each for itself: those before and after one that fails stay, and the result names it', async () => {
    const rows = withBad(samples(14), 7).map((row, place) => (place === 12 ? { ...row, title: 'a\0' } : row));
    const told: BulkProgress[] = [];
    const result = await kit.bulk.insert(OURS, Sample, rows, {
      atomic: false,
      onProgress: (progress) => void told.push(progress),
    });
    expect(result).toMatchObject({ rows: 14, written: 5, chunks: 3 });
    expect(result.failed).toMatchObject([
      { chunk: 1, firstRow: 5, rows: 5, error: { code: '23514', constraint: 'samples_amount_check' } },
      { chunk: 2, firstRow: 10, rows: 4, error: { code: 'bulk_rows_invalid', errors: [{ pointer: '/12/title' }] } },
    ]);
    expect(told.at(-1)).toEqual({ done: 14, written: 5, chunks: 3, failed: 2 });
    expect(await count(kit.source)).toBe(5);
  });

  it('with rows of different columns are whole, too: a statement that fails takes its chunk along', async () => {
    const rows = withBad(samples(5), 4).map((row, place) => (place < 2 ? row : { ...row, amount: 13 }));
    const { written, failed } = await kit.bulk.insert(OURS, Sample, rows, { atomic: false });
    expect([written, failed.length, await count(kit.source)]).toEqual([0, 1, 0]);
  });

  it('end at once when the failure is not of their rows', async () => {
    const options = { atomic: false, conflict: ['title'] } as const;
    await expect(kit.bulk.upsert(OURS, Sample, samples(20), options)).rejects.toMatchObject({ code: '42P10' });
  });

  it('are read one ahead and no further, however many there are', async () => {
    for (const atomic of [true, false]) {
      const { seen, rows } = stream(samples(100));
      const ahead: number[] = [];
      await kit.bulk.insert(OURS, Sample, rows, {
        atomic,
        onProgress: ({ done }) => void ahead.push(seen.asked - done),
      });
      expect(ahead).toHaveLength(20);
      // The chunk that is read while one is written, and the first row of the one after.
      expect(Math.max(...ahead)).toBeLessThanOrEqual(11);
    }
  });

  it('are a statement each, and one alone needs no transaction around it', async () => {
    kit.sent.length = 0;
    await kit.bulk.insert(OURS, Sample, samples(5));
    expect(kit.sent).toEqual([expect.stringMatching(/^INSERT INTO "samples"/)]);
    kit.sent.length = 0;
    await kit.bulk.insert(OURS, Sample, samples(6));
    const insert = expect.stringMatching(/^INSERT/) as string;
    expect(kit.sent).toEqual(['START TRANSACTION', insert, insert, 'COMMIT']);
  });
});

describe('a bulk write that ends early', () => {
  it('tells the error of its source, which is closed; nothing of an atomic one stays', async () => {
    const { seen, rows } = stream(samples(30), 17);
    await expect(kit.bulk.insert(OURS, Sample, rows)).rejects.toThrow('the source broke');
    expect([seen.closed, await count(kit.source)]).toEqual([true, 0]);
    await expect(kit.bulk.insert(OURS, Sample, stream(samples(30), 17).rows, { atomic: false })).rejects.toThrow(
      'broke',
    );
    expect(await count(kit.source)).toBe(15);
  });

  it('closes the source when the table refuses a chunk', async () => {
    const { seen, rows } = stream(withBad(samples(100), 3));
    await expect(kit.bulk.insert(OURS, Sample, rows)).rejects.toThrow('samples_amount_check');
    expect(seen.closed).toBe(true);
    expect(seen.asked).toBeLessThan(20);
  });

  it('stops before the next chunk when its signal says so, or the callback', async () => {
    const stop = new AbortController();
    const onProgress = ({ chunks }: BulkProgress) => chunks === 2 && stop.abort(new Error('enough'));
    const { seen, rows } = stream(samples(100));
    const options = { atomic: false, signal: stop.signal, onProgress: (at: BulkProgress) => void onProgress(at) };
    await expect(kit.bulk.insert(OURS, Sample, rows, options)).rejects.toThrow('enough');
    expect([seen.closed, await count(kit.source)]).toEqual([true, 10]);
    const refuse = () => {
      throw new Error('not so');
    };
    await expect(kit.bulk.insert(OURS, Sample, samples(100), { onProgress: refuse })).rejects.toThrow('not so');
    expect(await count(kit.source)).toBe(10);
  });

  it('stops with the request it belongs to', async () => {
    const deadline = new Deadlines(60_000, new Clock()).begin();
    const over = new AppError('upstream-timeout', 'deadline_exceeded', 'over');
    const onProgress = ({ chunks }: BulkProgress) => void (chunks === 2 && deadline.end(() => over));
    const work = () => kit.bulk.insert(OURS, Sample, samples(100), { onProgress });
    await expect(runBound(deadline, work)).rejects.toBe(over);
    expect(await count(kit.source)).toBe(0);
  });
});

describe('bulk writes of one workspace', () => {
  it('neither change nor delete a row of another, whose ids are the same', async () => {
    const rows = [{ id: 'one', a: 1 }];
    await kit.bulk.insert(THEIRS, Counter, rows);
    expect(await kit.bulk.update(OURS, Counter, [{ id: 'one', a: 2 }])).toMatchObject({ rows: 1, written: 0 });
    expect(await kit.bulk.delete(OURS, Counter, rows)).toMatchObject({ rows: 1, written: 0 });
    await kit.bulk.upsert(OURS, Counter, [{ id: 'one', a: 3 }]);
    const found = await kit.source.getRepository(Counter).find({ order: { a: 'ASC' } });
    expect(found.map(({ workspaceId, a }) => [workspaceId, a])).toEqual([
      [THEIRS.workspaceId, 1],
      [OURS.workspaceId, 3],
    ]);
  });

  it('take rows that name their own workspace, and refuse any other', async () => {
    const own = { id: 'one', workspaceId: OURS.workspaceId.toUpperCase() };
    await kit.bulk.insert(OURS, Counter, [own]);
    for (const write of ['insert', 'upsert', 'update', 'delete'] as const)
      await expect(kit.bulk[write](THEIRS, Counter, [{ ...own, a: 1 }])).rejects.toMatchObject({
        errors: [{ pointer: '/0/workspaceId' }],
      });
  });

  it('are asked for a scope, and tables of the installation for none', async () => {
    await expect(kit.bulk.insert('installation', Counter, [])).rejects.toMatchObject({ code: 'bulk_misuse' });
    await expect(kit.bulk.insert(OURS, Place, [])).rejects.toMatchObject({ code: 'bulk_misuse' });
    const places = [1, 2, 3].map((id) => ({ id, name: `place ${id}` }));
    await kit.bulk.insert('installation', Place, places);
    await kit.bulk.update('installation', Place, [{ id: 2, name: 'moved' }]);
    await kit.bulk.upsert('installation', Place, [{ id: 3, name: 'kept' }], { update: [] });
    await kit.bulk.delete('installation', Place, [{ id: 1 }]);
    expect(await kit.source.getRepository(Place).find({ order: { id: 'ASC' } })).toEqual([
      { id: 2, name: 'moved' },
      { id: 3, name: 'place 3' },
    ]);
  });
});

describe('bulk writes', () => {
  it('are part of the transaction that they are given', async () => {
    const work = runInTransaction(kit.source, async (manager) => {
      await kit.bulk.insert(OURS, Sample, samples(12), { manager });
      expect(await count(manager.connection)).toBe(0);
      expect((await manager.query('SELECT count(*)::int AS n FROM samples'))[0].n).toBe(12);
      await expect(kit.bulk.insert(OURS, Sample, samples(1), { manager, atomic: false })).rejects.toMatchObject({
        code: 'bulk_misuse',
      });
      throw new Error('taken back');
    });
    await expect(work).rejects.toThrow('taken back');
    expect(await count(kit.source)).toBe(0);
  });

  it('count versions, and change only rows where a property is set', async () => {
    await kit.bulk.insert(OURS, Counter, [{ id: 'set', b: 'x' }, { id: 'unset' }]);
    const rows = ['set', 'unset', 'new'].map((id) => ({ id, a: 1 }));
    const { written } = await kit.bulk.upsert(OURS, Counter, rows, { onlyWhereSet: 'b' });
    expect(written).toBe(2);
    const found = await kit.source.getRepository(Counter).find({ order: { id: 'ASC' } });
    expect(found.map(({ id, a, version }) => [id, a, version])).toEqual([
      ['new', 1, 1],
      ['set', 1, 2],
      ['unset', 7, 1],
    ]);
  });

  it('of the same rows in opposite order both end well', async () => {
    const rows = Array.from({ length: 40 }, (_, place) => ({ id: `k${place}`, a: place }));
    for (let turn = 0; turn < 10; turn++)
      await Promise.all(
        [rows, [...rows].reverse()].map((list) => kit.bulk.upsert(OURS, Counter, list, { chunkSize: 40 })),
      );
    expect(await count(kit.source, 'counters')).toBe(40);
  });

  it('refuse columns that the entity has not, a key that changes and rows without theirs', async () => {
    const injected = ['id") DO NOTHING; DROP TABLE counters; --'] as unknown as ['id'];
    const misuse = { kind: 'internal', code: 'bulk_misuse' };
    await expect(kit.bulk.upsert(OURS, Counter, [], { conflict: injected })).rejects.toMatchObject(misuse);
    await expect(kit.bulk.upsert(OURS, Counter, [], { update: ['id'] })).rejects.toMatchObject(misuse);
    await expect(kit.bulk.update(OURS, Counter, [], { columns: ['workspaceId'] })).rejects.toMatchObject(misuse);
    await expect(kit.bulk.delete(OURS, Counter, [], { key: [] })).rejects.toMatchObject(misuse);
    await expect(kit.bulk.insert(OURS, Counter, [], { chunkSize: 0 })).rejects.toMatchObject(misuse);
    const wrong = { code: 'bulk_rows_invalid', errors: [{ pointer: '/0', message: expect.any(String) as string }] };
    await expect(kit.bulk.update(OURS, Counter, [{ a: 1 }])).rejects.toMatchObject(wrong);
    await expect(kit.bulk.update(OURS, Counter, [{ id: 'one' }])).rejects.toMatchObject(wrong);
    await expect(kit.bulk.upsert(OURS, Counter, [{ a: 1 }])).rejects.toMatchObject(wrong);
    await expect(kit.bulk.insert(OURS, Counter, [{}])).rejects.toMatchObject(wrong);
  });
});
