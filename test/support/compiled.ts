import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { PROJECT_ROOT } from './project-root.js';

export interface Compiled {
  /** Folder that holds `src/…` and `migrations/…` as CommonJS. */
  readonly folder: string;
  remove(): void;
}

/** The sources as plain JavaScript, for specs that need real processes to kill; the build may be stale or absent. */
export function compileSources(parts: readonly string[] = ['src/shared', 'src/config', 'migrations']): Compiled {
  const cache = join(PROJECT_ROOT, 'node_modules', '.cache', 'techspec-compiled');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'run-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  for (const part of parts) {
    for (const name of readdirSync(join(PROJECT_ROOT, part), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      const target = join(folder, part, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, compile(readFileSync(join(PROJECT_ROOT, part, name), 'utf8')));
    }
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function compile(source: string): string {
  return transformSync(source, {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      target: 'es2022',
      keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
  }).code;
}
