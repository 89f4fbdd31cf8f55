import { CodeAnalysisService } from './code-analysis.service.js';

const service = new CodeAnalysisService();
const manifest = JSON.stringify(
  { name: 'shop', dependencies: { 'pg-boss': '^12.0.0', pg: '8.23.1', '@nestjs/core': '12.5.1' } },
  null,
  2,
);
const compose = 'services:\n  db:\n    image: postgres:17\n  cache:\n    image: redis:7\n';

describe('the stack of a code base', () => {
  it('names dependencies with file, line and version', async () => {
    const entries = await service.stack([{ path: 'package.json', content: manifest }]);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'dependency',
          name: 'pg-boss',
          file: 'package.json',
          line: 4,
          words: '"pg-boss": "^12.0.0",',
          version: '^12.0.0',
        }),
        expect.objectContaining({ kind: 'dependency', name: 'pg', line: 5 }),
        expect.objectContaining({ kind: 'dependency', name: '@nestjs/core', line: 6 }),
      ]),
    );
  });

  it('reads servers out of a compose file in a sub-folder', async () => {
    const entries = await service.stack([{ path: 'deploy/docker-compose.yml', content: compose }]);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'postgres', file: 'deploy/docker-compose.yml', line: 3, version: '17' }),
        expect.objectContaining({ name: 'redis', line: 5 }),
      ]),
    );
  });

  it('reads a Python project', async () => {
    const entries = await service.stack([
      { path: 'requirements.txt', content: 'fastapi==0.115.0\nsqlalchemy>=2\n' },
      { path: 'app/main.py', content: '' },
    ]);
    expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(['fastapi', 'python']));
  });

  it('is the same whatever order the files come in', async () => {
    const files = [
      { path: 'package.json', content: manifest },
      { path: 'docker-compose.yml', content: compose },
      { path: 'src/a.ts', content: '' },
    ];
    expect(await service.stack([...files].reverse())).toEqual(await service.stack(files));
  });

  it('reads a manifest without a name', async () => {
    const entries = await service.stack([
      { path: 'package.json', content: '{\n"dependencies": {\n"bullmq": "6.7.0" } }' },
    ]);
    expect(entries).toEqual([expect.objectContaining({ name: 'bullmq', line: 3 })]);
  });

  it('skips a manifest that is broken and keeps the rest', async () => {
    const entries = await service.stack([
      { path: 'package.json', content: '{ nope' },
      { path: 'b/package.json', content: manifest },
    ]);
    expect(entries.map(({ name }) => name)).toContain('pg-boss');
  });

  it('is not fooled by names of object members or by hostile paths', async () => {
    await expect(service.stack([{ path: '__proto__/constructor/package.json', content: manifest }])).resolves.toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'pg-boss' })]),
    );
    expect(({} as Record<string, unknown>).dependencies).toBeUndefined();
  });

  it('finds nothing in nothing', async () => {
    expect(await service.stack([])).toEqual([]);
  });
});
