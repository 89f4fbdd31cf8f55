/**
 * How a package can be loaded, by its record: `exports` resolved with conditions as Node.js does it, else `type` and `main`.
 * Searching for the word `require` would be wrong: a condition can lead to a notice or to nothing (notes, traps).
 */
import type { PackageRecord } from '../../../research/research.types.js';

export type ModuleFormat = 'esm-only' | 'both' | 'commonjs' | 'unknown';

export function moduleFormat(record: PackageRecord): ModuleFormat {
  if (record.exports === undefined && record.main === undefined && record.type === undefined) return 'unknown';
  const required = entry(record, ['node', 'require', 'default']);
  const imported = entry(record, ['node', 'import', 'default']);
  const byRequire = required !== undefined && !isModule(required, record.type);
  const byImport = imported !== undefined && isModule(imported, record.type);
  if (byRequire && byImport) return 'both';
  if (byRequire) return 'commonjs';
  return byImport ? 'esm-only' : 'unknown';
}

function entry(record: PackageRecord, conditions: readonly string[]): string | undefined {
  if (record.exports === undefined) return record.main ?? 'index.js';
  return resolveExports(record.exports, conditions);
}

function isModule(file: string, type: string | undefined): boolean {
  if (file.endsWith('.mjs')) return true;
  return !file.endsWith('.cjs') && type === 'module';
}

/** The file that the subpath `.` resolves to under the conditions; undefined when no condition leads to a file. */
export function resolveExports(exports: unknown, conditions: readonly string[]): string | undefined {
  const target = isObject(exports) && Object.keys(exports).some((key) => key.startsWith('.')) ? exports['.'] : exports;
  return resolveTarget(target, conditions);
}

function resolveTarget(target: unknown, conditions: readonly string[]): string | undefined {
  if (typeof target === 'string') return target;
  if (Array.isArray(target)) return firstOf(target, conditions);
  if (!isObject(target)) return undefined;
  const matching = Object.entries(target).filter(([key]) => conditions.includes(key));
  return firstOf(
    matching.map(([, value]) => value),
    conditions,
  );
}

function firstOf(targets: readonly unknown[], conditions: readonly string[]): string | undefined {
  for (const target of targets) {
    const found = resolveTarget(target, conditions);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
