import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { transformFile } from '@swc/core';

/**
 * Compiles src/ and migrations/ to dist/ with swc, in about a second: what `npm start` of a fresh clone waits for. The image is
 * built by `nest build` (tsc); CI runs both. Types are checked by `npm run check`.
 */
const OPTIONS = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    target: 'es2022',
    keepClassNames: true,
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'es6' },
  sourceMaps: true,
};
const SKIPPED = /\.(spec|fixture|fixture-[\w-]+)\.ts$|\.d\.ts$/;

export async function compile(root) {
  for (const folder of ['src', 'migrations']) {
    for (const file of readdirSync(join(root, folder), { recursive: true })) {
      if (!file.endsWith('.ts') || SKIPPED.test(file)) continue;
      await compileFile(root, join(folder, file));
    }
  }
}

async function compileFile(root, file) {
  const target = join(root, 'dist', file.replace(/\.ts$/, '.js'));
  const { code, map } = await transformFile(join(root, file), {
    ...OPTIONS,
    cwd: root,
    swcrc: false,
    sourceFileName: relative(dirname(target), join(root, file)),
  });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${code}\n//# sourceMappingURL=${target.split(/[\\/]/).at(-1)}.map\n`);
  writeFileSync(`${target}.map`, map);
}
