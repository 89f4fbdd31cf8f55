import type { PackageRecord } from '../research.types.js';

const CODE = /\.(m|c)?js$/;

/**
 * Path of the declaration file that TypeScript looks for beside a package's entry (`dist/index.js` → `dist/index.d.ts`),
 * when the record itself names none. Undefined when the record names no entry either.
 * Source: TypeScript handbook, "Module resolution": a declaration file beside the JavaScript file needs no entry.
 */
export function declarationBeside(record: PackageRecord): string | undefined {
  const entry = entryOf(rootOf(record.exports)) ?? record.main;
  if (entry === undefined || !CODE.test(entry)) return undefined;
  return entry.replace(/^\.\//, '').replace(CODE, (_whole, kind: string | undefined) => `.d.${kind ?? ''}ts`);
}

function rootOf(exports: unknown): unknown {
  const isMap = typeof exports === 'object' && exports !== null;
  return isMap && Object.hasOwn(exports, '.') ? (exports as Record<string, unknown>)['.'] : exports;
}

/** First code file among the conditions that a program on Node would use. */
function entryOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null || Array.isArray(target)) return undefined;
  for (const condition of ['node', 'import', 'require', 'default']) {
    const next = Object.hasOwn(target, condition) ? (target as Record<string, unknown>)[condition] : undefined;
    const found = next === undefined ? undefined : entryOf(next);
    if (found !== undefined) return found;
  }
  return undefined;
}
