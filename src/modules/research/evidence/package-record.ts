import type { PackageRecord } from '../research.types.js';

/** The fields of a registry record that are kept, in the order of `PackageRecord`. */
const FIELDS = [
  'name',
  'version',
  'license',
  'engines',
  'type',
  'main',
  'types',
  'exports',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
] as const;

/** Fields that are text; one of another shape (an old `license: { type, url }`) is taken as absent, never guessed. */
const TEXT = new Set<string>(['license', 'type', 'main', 'types']);
const TEXT_MAPS = new Set<string>(['engines', 'dependencies', 'optionalDependencies', 'peerDependencies']);

/**
 * The twelve fields of a registry's record (untrusted JSON) in the shape that scoring relies on. Fields that are absent or
 * of a wrong shape are left out: unknown, never good. Undefined when there is no name or version, which is no record.
 */
export function projectRecord(raw: Readonly<Record<string, unknown>>): PackageRecord | undefined {
  const { name, version } = raw;
  if (typeof name !== 'string' || name === '' || typeof version !== 'string' || version === '') return undefined;
  const kept = FIELDS.filter((field) => Object.hasOwn(raw, field) && hasShape(field, raw[field]));
  return Object.fromEntries(kept.map((field) => [field, raw[field]])) as unknown as PackageRecord;
}

function hasShape(field: string, value: unknown): boolean {
  if (TEXT.has(field)) return typeof value === 'string';
  if (TEXT_MAPS.has(field)) return isObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
  if (field === 'peerDependenciesMeta') return isObject(value) && Object.values(value).every(isObject);
  return value !== undefined && value !== null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
