import fc from 'fast-check';
import { AppError } from '../../../shared/errors/app-error.js';
import { tarGzOf, zipOf } from '../../../../test/support/archives.js';
import { HOSTILE } from '../../../../test/support/hostile-archives.js';
import { INTAKE_LIMITS, type TakenIn } from './intake.types.js';
import { readArchive, readFiles } from './read-upload.js';

const all = () => undefined;
const read = (bytes: Buffer) => readArchive(bytes, INTAKE_LIMITS, all);
const contents = ({ files }: TakenIn) => Object.fromEntries(files.map(({ path, bytes }) => [path, bytes.toString()]));
const refusal = async (work: () => unknown): Promise<AppError> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('what an archive holds', () => {
  const files = { 'src/app.ts': 'const a = 1;\n', 'README.md': '# read\n', 'src/deep/b.py': 'x = "ü"\n', empty: '' };
  const parts = Object.entries(files).map(([name, content]) => ({ name, content }));

  it('is the same from a zip and from a tar.gz', async () => {
    expect(contents(await read(zipOf(parts)))).toEqual(files);
    expect(contents(await read(tarGzOf(parts)))).toEqual(files);
  });

  it('is read whether stored or deflated, with folders and ./ in front of names', async () => {
    const stored = zipOf([{ name: 'src/' }, ...parts.map((part) => ({ ...part, method: 0 }))]);
    expect(contents(await read(stored))).toEqual(files);
    const dotted = tarGzOf([{ name: './', type: '5' }, ...parts.map((part) => ({ ...part, name: `./${part.name}` }))]);
    expect(contents(await read(dotted))).toEqual(files);
  });

  it('is read from a tar with the padding of the largest block', async () => {
    expect(contents(await read(tarGzOf(parts, 100 * 1024)))).toEqual(files);
  });

  it('is unpacked only where it is wanted', async () => {
    const wanted = (path: string) => (path.endsWith('.md') ? ('vendored' as const) : undefined);
    for (const bytes of [zipOf(parts), tarGzOf(parts)]) {
      const taken = await readArchive(bytes, INTAKE_LIMITS, wanted);
      expect(taken.files.map(({ path }) => path)).not.toContain('README.md');
      expect(taken.leftOut).toEqual([{ path: 'README.md', reason: 'vendored' }]);
    }
  });

  it('is any tree that was packed', async () => {
    const tree = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 5000 }), { maxKeys: 12 });
    await fc.assert(
      fc.asyncProperty(tree, async (dictionary) => {
        const made = Object.entries(dictionary).map(([name, bytes]) => ({
          name: `d/${name}`,
          content: Buffer.from(bytes),
        }));
        fc.pre(made.length > 0);
        for (const archive of [zipOf(made), tarGzOf(made)]) {
          const taken = await read(archive);
          expect(taken.files.map(({ path, bytes }) => [path, bytes.toString('hex')])).toEqual(
            made.map(({ name, content }) => [name, content.toString('hex')]),
          );
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a hostile archive', () => {
  it('comes in more than thirty kinds', () => expect(Object.keys(HOSTILE).length).toBeGreaterThan(30));

  it.each(Object.entries(HOSTILE))('%s', async (_kind, { bytes, answer }) => {
    if (typeof answer === 'string') {
      const error = await refusal(() => read(bytes()));
      expect(error.code).toBe(answer);
      expect(error.message).toMatch(/[.:]/);
      return;
    }
    const taken = await read(bytes());
    expect(taken.files.map(({ path }) => path)).toEqual(answer.files);
    expect(Object.fromEntries(taken.leftOut.map(({ path, reason }) => [path, reason]))).toEqual(answer.leftOut);
  });

  it('is answered with each of its bad names, fit to be read', async () => {
    const names = ['../a', '/b', 'ok.ts', 'c\\d', '\u202ex:/e', 'C:e'];
    const error = await refusal(() => read(zipOf(names.map((name) => ({ name, content: '1' })))));
    expect(error.errors.map(({ message }) => message)).toEqual([
      '"../a" leads out of its folder by ".."',
      '"/b" is absolute: paths are relative to the root of the code',
      '"c\\d" holds a backslash: parts of a path are joined by /',
      '"C:e" begins with a drive letter: paths are relative to the root of the code',
    ]);
  });

  it('ends in a refusal or in files, whatever bytes it is made of', async () => {
    const base = [
      zipOf([{ name: 'a/b.ts', content: 'x'.repeat(500) }]),
      tarGzOf([{ name: 'a/b.ts', content: 'x'.repeat(500) }]),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...base),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
        async (archive, edits, cut) => {
          const bytes = Buffer.from(archive);
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          const cutOff = cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
          try {
            const { files } = await read(cutOff);
            expect(files.every(({ path }) => !path.startsWith('/') && !path.split('/').includes('..'))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('files in a JSON body', () => {
  it('are taken as they are', () => {
    const taken = readFiles([{ path: './src/a.ts', content: 'ü' }], INTAKE_LIMITS, all);
    expect(contents(taken)).toEqual({ 'src/a.ts': 'ü' });
  });

  it('are refused with every mistake at its place', async () => {
    const given = ['../a', 'b', '', 'dir/', `${'x/'.repeat(70)}x`, '/c'].map((path) => ({ path, content: '' }));
    const error = await refusal(() => readFiles(given, INTAKE_LIMITS, all));
    expect(error.code).toBe('files_invalid');
    expect(error.errors.map(({ pointer }) => pointer)).toEqual([0, 2, 3, 4, 5].map((at) => `/files/${at}/path`));
  });

  it('are refused when two have one path', async () => {
    const error = await refusal(() =>
      readFiles(
        [
          { path: 'a', content: '' },
          { path: './a', content: '' },
        ],
        INTAKE_LIMITS,
        all,
      ),
    );
    expect(error.errors).toEqual([{ pointer: '/files', message: '"a" is there twice' }]);
  });

  it('are left out one by one when they are too large', () => {
    const given = [
      { path: 'a.ts', content: 'x'.repeat(6 * 1024 * 1024) },
      { path: 'b.ts', content: '' },
    ];
    const taken = readFiles(given, INTAKE_LIMITS, all);
    expect(taken.leftOut).toEqual([{ path: 'a.ts', reason: 'too-large' }]);
    expect(taken.files.map(({ path }) => path)).toEqual(['b.ts']);
  });
});
