import fc from 'fast-check';
import { versionOfFullRecord } from './full-record.js';

async function* chunked(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('one version out of a full record', () => {
  const version = fc.stringMatching(/^[0-9]{1,2}\.[0-9]\.[0-9](-[a-z]{1,4})?$/);
  const record = fc.record({ name: fc.string(), noise: fc.jsonValue() });
  const anyRecord = fc.record({
    versions: fc.dictionary(version, record, { minKeys: 1, maxKeys: 6 }),
    before: fc.dictionary(
      fc.string().filter((key) => !['versions', 'dist-tags'].includes(key)),
      fc.jsonValue(),
      { maxKeys: 3 },
    ),
    pick: fc.nat(),
    tagsFirst: fc.boolean(),
    indent: fc.constantFrom(0, 2),
    size: fc.integer({ min: 1, max: 400 }),
  });

  it('is what parsing the whole record gives, wherever the chunks end and the tags stand', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecord, async ({ versions, before, pick, tagsFirst, indent, size }) => {
        const names = Object.keys(versions);
        const latest = names[pick % names.length] ?? '';
        const tags = { 'dist-tags': { beta: 'other', latest } };
        const full = tagsFirst ? { ...before, ...tags, versions } : { versions, ...before, ...tags };
        const text = JSON.stringify(full, undefined, indent);
        const expected = (JSON.parse(text) as { versions: Record<string, unknown> }).versions[latest];
        expect(await versionOfFullRecord(chunked(text, size), 'latest')).toEqual(expected);
        expect(await versionOfFullRecord(chunked(text, size), latest)).toEqual(expected);
      }),
    );
  });

  it('is absent when the tag or the version is', async () => {
    const text = JSON.stringify({
      'dist-tags': { latest: '2.0.0' },
      versions: { '1.0.0': { a: 1 } },
      readme: '"versions":{"2.0.0":{}}',
    });
    expect(await versionOfFullRecord(chunked(text, 7), 'latest')).toBeUndefined();
    expect(await versionOfFullRecord(chunked(text, 7), '3.0.0')).toBeUndefined();
  });

  it('is refused when what came is no record at all', async () => {
    for (const text of ['[1,2]', '<html>', '{"error":"busy"}', '']) {
      await expect(versionOfFullRecord(chunked(text, 1), 'latest')).rejects.toThrow('not a package record');
    }
  });

  it('reads no further than the version it looks for', async () => {
    let chunks = 0;
    const endless = async function* () {
      yield Buffer.from('{"dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"a"},');
      for (; ; chunks += 1) yield Buffer.from(`"${chunks}.1.0":{},`);
    };
    expect(await versionOfFullRecord(endless(), 'latest')).toEqual({ name: 'a' });
    expect(chunks).toBe(0);
  });

  it('ends on any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await versionOfFullRecord(chunked(text, 3), 'latest').catch((error: unknown) =>
          expect(String(error)).toContain('SyntaxError'),
        );
      }),
    );
  });
});
