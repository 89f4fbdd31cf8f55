import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { tarOf } from '../../../../test/support/registry.js';
import { filesOfArchive } from './tar-files.js';

const LIMITS = { maxBytes: 1_000_000, maxFileBytes: 10_000 };

/** The archive in chunks of the given sizes, over and over. */
async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, (at += size));
  }
}

describe('single files of a package archive', () => {
  it('are found whatever the chunks, the other files and the length of the names', async () => {
    const name = fc.stringMatching(/^[a-z]{1,12}(\/[a-z]{1,60}){0,3}\.d\.ts$/);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, fc.string({ maxLength: 2000 }), { minKeys: 1, maxKeys: 6 }),
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }),
        async (files, sizes) => {
          const archive = gzipSync(tarOf(files));
          const found = await filesOfArchive(chunked(archive, sizes), Object.keys(files), LIMITS);
          expect(Object.fromEntries([...found].map(([path, body]) => [path, body.toString('utf8')]))).toEqual({
            ...files,
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are looked for under any first folder, since not every author packs into package/', async () => {
    const archive = gzipSync(tarOf({ 'README.md': 'hello' }, 'pg-1.0'));
    const found = await filesOfArchive(chunked(archive, [64]), ['README.md'], LIMITS);
    expect(found.get('README.md')?.toString()).toBe('hello');
  });

  it('are not found when they are longer than the cap or lie behind it', async () => {
    const archive = gzipSync(tarOf({ big: 'x'.repeat(20_000), after: 'y' }));
    expect((await filesOfArchive(chunked(archive, [500]), ['big'], LIMITS)).size).toBe(0);
    expect((await filesOfArchive(chunked(archive, [500]), ['after'], { ...LIMITS, maxBytes: 4_096 })).size).toBe(0);
  });

  it('stop the reading as soon as all are found', async () => {
    const archive = gzipSync(tarOf({ first: 'a', rest: Array.from({ length: 60_000 }, (_, i) => i * 7919).join('') }));
    let read = 0;
    const counted = async function* () {
      for await (const chunk of chunked(archive, [1024])) {
        read += chunk.length;
        yield chunk;
      }
    };
    await filesOfArchive(counted(), ['first'], LIMITS);
    expect(read).toBeLessThan(archive.length);
  });

  it('refuse what is no archive, at once and without hanging', async () => {
    await expect(filesOfArchive(chunked(Buffer.from('not gzip'), [3]), ['a'], LIMITS)).rejects.toThrow();
    await expect(filesOfArchive(chunked(gzipSync(Buffer.alloc(2048, 'x')), [99]), ['a'], LIMITS)).rejects.toThrow(
      'tar',
    );
    const cut = gzipSync(tarOf({ a: 'x'.repeat(5000) })).subarray(0, 60);
    await expect(filesOfArchive(chunked(cut, [10]), ['a'], LIMITS)).rejects.toThrow();
  });
});
