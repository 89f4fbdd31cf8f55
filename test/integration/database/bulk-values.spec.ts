import fc from 'fast-check';
import type { BulkRow } from '../../../src/shared/database/bulk/bulk.types.js';
import type { AppError } from '../../../src/shared/errors/app-error.js';
import { bulkKit, type BulkKit, OURS, Place, Sample, samples, uuid, Visit } from '../../support/bulk.js';

let kit: BulkKit;
beforeAll(async () => {
  kit = await bulkKit();
});
afterAll(() => kit?.close());
afterEach(() => kit.source.query('TRUNCATE samples'));

const stored = () => kit.source.getRepository(Sample).find({ order: { title: 'ASC' } });

/** Any text but NUL, of any script, with what quoting gets wrong. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '')),
  fc.constantFrom('', ' ', '\\', '"', `'`, '{a,"b"}', 'NULL', '\\N', '\\x41', '$1', '😀', 'a\nb\tc\rd', '{}', '\\\\"'),
);
const json = fc.jsonValue({ stringUnit: 'binary' }).map((value) => withoutNul(value));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const bytes = fc.uint8Array().map((value) => Buffer.from(value));
const moment = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
const whole = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });

const row: fc.Arbitrary<BulkRow<Sample>> = fc.record({
  id: fc.uuid(),
  title: text,
  note: maybe(text),
  code: maybe(fc.string({ unit: fc.constantFrom('a', 'é', '"'), minLength: 4, maxLength: 4 })),
  amount: whole(30).filter((value) => value !== 13),
  small: maybe(whole(16)),
  big: maybe(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  ratio: maybe(fc.double()),
  share: maybe(fc.float()),
  price: maybe(fc.bigInt({ min: -(10n ** 20n) + 1n, max: 10n ** 20n - 1n }).map((units) => `${units}.0123456789`)),
  isOn: maybe(fc.boolean()),
  at: maybe(moment),
  wall: maybe(moment),
  day: maybe(moment.map((date) => date.toISOString().slice(0, 10))),
  body: maybe(bytes),
  facts: json,
  raw: json,
  tags: maybe(fc.array(maybe(text))),
  numbers: maybe(fc.array(whole(32))),
  times: maybe(fc.array(moment)),
  docs: maybe(fc.array(json.filter((value) => !Array.isArray(value) && value !== null))),
  mood: maybe(fc.constantFrom('calm' as const, 'cross' as const)),
  address: maybe(fc.constantFrom('10.0.0.1', '2001:db8::1')),
  list: maybe(fc.array(fc.constantFrom('a', 'b c', '"'), { minLength: 1 })),
  mirrored: maybe(text),
});

describe('values that are written in bulk', () => {
  it('come back byte for byte, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 12 }), async (rows) => {
        await kit.source.query('TRUNCATE samples');
        await kit.bulk.insert(OURS, Sample, rows);
        const found = new Map((await stored()).map((one) => [one.id, one]));
        expect(found.size).toBe(rows.length);
        for (const { share, ...given } of rows) {
          const { share: storedShare, ...one } = found.get(given.id ?? '')!;
          expect(one).toMatchObject(given);
          // Four bytes are told in as few digits as name them.
          expect(storedShare === null ? null : Math.fround(storedShare)).toBe(share ?? null);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are stored, or refused by name: no code unit is lost or replaced', async () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const wild = fc.string({ unit: fc.oneof(unit, fc.constantFrom('\0', '\\', '\ud800', '\udc00', 'u0000')) });
    await fc.assert(
      fc.asyncProperty(wild, async (value) => {
        await kit.source.query('TRUNCATE samples');
        const facts = { [`k${value}`]: [value] };
        const result = await kit.bulk.insert(OURS, Sample, [{ id: uuid(), title: value, facts }], { atomic: false });
        const isStorable = !/\0|\p{Cs}/u.test(value);
        expect(result.written).toBe(isStorable ? 1 : 0);
        if (isStorable) expect(await stored()).toMatchObject([{ title: value, facts }]);
        else
          expect(result.failed[0]?.error).toMatchObject({
            code: 'bulk_rows_invalid',
            errors: [{ pointer: '/0/title' }, { pointer: '/0/facts' }],
          });
      }),
      { numRuns: 100 },
    );
  });

  it('are the defaults of the table where a row names none, also beside rows that do', async () => {
    const rows = samples(6).map((one, place) => (place % 2 === 0 ? one : { ...one, amount: place, note: 'given' }));
    await kit.bulk.insert(OURS, Sample, rows);
    const found = await stored();
    expect(found.map(({ amount, note, twice }) => [amount, note, twice])).toEqual([
      [7, null, 14],
      [1, 'given', 2],
      [7, null, 14],
      [3, 'given', 6],
      [7, null, 14],
      [5, 'given', 10],
    ]);
    expect(found.every(({ madeAt }) => madeAt instanceof Date)).toBe(true);
  });

  it('may lie in embedded objects, and in the key of what a row refers to', async () => {
    const place = { id: 1, name: 'here' };
    await kit.bulk.insert('installation', Place, [place]);
    const visits = [
      { id: 1, span: { fromDay: '2026-01-01', toDay: null }, place },
      { id: 2, span: { fromDay: '2026-01-02', toDay: '2026-01-03' }, place: null },
    ];
    await kit.bulk.upsert('installation', Visit, visits);
    await kit.bulk.update('installation', Visit, [{ id: 2, span: { toDay: '2026-02-03' } as Visit['span'], place }]);
    await kit.bulk.upsert('installation', Visit, visits, { update: ['place'] });
    const found = await kit.source.getRepository(Visit).find({ relations: { place: true }, order: { id: 'ASC' } });
    expect(found).toEqual([visits[0], { id: 2, span: { fromDay: '2026-01-02', toDay: '2026-02-03' }, place: null }]);
  });

  it('may be microseconds and the ends of time', async () => {
    const times = ['2026-01-02T03:04:05.678901Z', '1969-12-31T23:59:59.999999Z', Infinity, -Infinity];
    const rows = samples(4).map((one, place) => ({ ...one, at: times[place] as unknown as Date }));
    await kit.bulk.insert(OURS, Sample, rows);
    const texts = await kit.source.query(
      `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USZ') AS text, at::text AS at FROM samples ORDER BY title`,
    );
    expect(texts.slice(0, 2).map((one: { text: string }) => one.text)).toEqual(times.slice(0, 2));
    expect(texts.slice(2).map((one: { at: string }) => one.at)).toEqual(['infinity', '-infinity']);
  });

  const [good] = samples(1);
  it.each([
    ['title', 'a\0b', /NUL/],
    ['title', '\ud83d', /surrogate/],
    ['title', 7, /no text/],
    ['title', null, /null/],
    ['id', 'x', /UUID/],
    ['amount', 1.5, /whole/],
    ['amount', 2 ** 31, /outside of integer/],
    ['small', -32_769, /outside of smallint/],
    ['big', 2 ** 53, /safe/],
    ['big', '9223372036854775808', /outside of bigint/],
    ['share', 1e39, /outside of real/],
    ['ratio', '1', /no number/],
    ['isOn', 'true', /neither/],
    ['at', new Date(Number.NaN), /no time/],
    ['at', new Date('-010000-01-01'), /before/],
    ['body', 'text', /Buffer/],
    ['facts', { deep: ['\0'] }, /NUL/],
    ['facts', { ['\udfff']: 1 }, /surrogate/],
    ['facts', { big: 1n }, /JSON/],
    ['facts', () => 1, /JSON/],
    ['tags', 'text', /no array/],
    ['tags', ['a\0'], /NUL/],
    ['docs', [{ a: '\0' }], /NUL/],
    ['address', { a: 1 }, /no text/],
    ['twice', 2, /database alone/],
    ['colour', 'red', /no column of Sample/],
    ['workspaceId', '00000000-0000-7000-8000-0000000000ff', /not the workspace/],
  ])('are refused by row and property: %s (%#)', async (property, value, why) => {
    const rows = [...samples(3), { ...good, [property]: value } as BulkRow<Sample>];
    await expect(kit.bulk.insert(OURS, Sample, rows)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'bulk_rows_invalid',
      errors: [{ pointer: `/3/${property}`, message: expect.stringMatching(why) as string }],
    });
    expect(await stored()).toEqual([]);
  });

  it('that are wrong are all counted, and the first ten are named', async () => {
    const rows = samples(20).map((one) => ({ ...one, title: '\0', amount: 0.5 }));
    const { failed } = await kit.bulk.insert(OURS, Sample, rows, { atomic: false, chunkSize: 20 });
    expect(failed[0]?.error.message).toMatch(/^20 rows can't be stored.*: \/0\/title holds NUL/);
    expect((failed[0]?.error as AppError).errors).toHaveLength(10);
  });

  it('of megabytes close a chunk before it has its rows', async () => {
    const rows = samples(5).map((one) => ({ ...one, body: Buffer.alloc(3 * 1024 * 1024, one.title) }));
    const { chunks } = await kit.bulk.insert(OURS, Sample, rows);
    expect(chunks).toBe(2);
    const found = await stored();
    expect(found.map(({ body }, place) => body?.equals(rows[place]!.body))).toEqual(Array(5).fill(true));
  });
});

function withoutNul(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '')) as unknown;
}
