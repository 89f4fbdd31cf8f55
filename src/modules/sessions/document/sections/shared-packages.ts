/** Packages that several choices name in their dependencies or peers, and whether one copy fits all. Ranges as npm reads them. */
import { compare, minVersion, Range, satisfies, validRange, type SemVer } from 'semver';
import { compareText } from '../canonical.js';
import { chosenRecords, labelOf, type Writing } from '../writing/writing.js';

export interface RangeUse {
  /** Label with version of who asks: `pg-boss 12.38.0`. */
  readonly by: string;
  readonly record: { readonly name: string; readonly version: string };
  readonly field: 'dependencies' | 'peerDependencies';
  readonly range: string;
}

export interface SharedPackage {
  readonly name: string;
  readonly uses: readonly RangeUse[];
  /** `fits`: one version is in every range; `splits`: none is; `unknown`: a range is no semver range (a tag, a URL). */
  readonly state: 'fits' | 'splits' | 'unknown';
  /** Lowest version every range allows, when it fits. */
  readonly lowest?: string;
  /** The version chosen in this document, when the package is itself an option. */
  readonly chosen?: string;
}

/** Tools that stand in a manifest of their own, so that their packages never meet those of the service. */
const APART: readonly string[] = ['iac-hosting', 'ci-cd'];

/** Sorted by name; packages named by one choice only are left out, unless the package itself is chosen. */
export function sharedPackages(writing: Writing): SharedPackage[] {
  const records = chosenRecords(writing).filter(({ choice }) => !APART.includes(choice.gap.category));
  const uses = new Map<string, RangeUse[]>();
  for (const { choice, record } of records) {
    for (const field of ['dependencies', 'peerDependencies'] as const) {
      for (const [name, range] of Object.entries(record[field] ?? {})) {
        const use = {
          by: labelOf(choice.option),
          record: { name: record.name, version: record.version },
          field,
          range,
        };
        uses.set(name, [...(uses.get(name) ?? []), use]);
      }
    }
  }
  const versions = new Map(records.map(({ record }) => [record.name, record.version]));
  return [...uses]
    .filter(([name, named]) => new Set(named.map((use) => use.by)).size > 1 || versions.has(name))
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, named]) => shared(name, named, versions.get(name)));
}

function shared(name: string, uses: readonly RangeUse[], chosen: string | undefined): SharedPackage {
  const ranges = uses.map((use) => use.range);
  const known = { name, uses, ...(chosen === undefined ? {} : { chosen }) };
  if (ranges.some((range) => validRange(range) === null)) return { ...known, state: 'unknown' };
  if (chosen !== undefined) {
    return { ...known, state: ranges.every((range) => satisfies(chosen, range)) ? 'fits' : 'splits' };
  }
  const lowest = lowestCommon(ranges);
  return lowest === undefined ? { ...known, state: 'splits' } : { ...known, state: 'fits', lowest };
}

/**
 * Lowest version inside all ranges, or undefined. Each range is a union of intervals, so the infimum of a non-empty intersection is
 * the lower end of one of these intervals: trying every lower end is exact.
 */
export function lowestCommon(ranges: readonly string[]): string | undefined {
  const ends = ranges.flatMap((range) => lowerEnds(range));
  return ends.filter((version) => ranges.every((range) => satisfies(version, range))).sort(compare)[0]?.version;
}

function lowerEnds(range: string): SemVer[] {
  return new Range(range).set.flatMap((comparators) => {
    const lowest = minVersion(comparators.map((comparator) => comparator.value).join(' '));
    return lowest ? [lowest] : [];
  });
}
