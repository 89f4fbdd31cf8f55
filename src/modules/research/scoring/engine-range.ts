import semver from 'semver';

/** contains: all of the wanted range; part: some of it; none: nothing of it; unknown: not declared, or no range at all. */
export type RangeFit = 'contains' | 'part' | 'none' | 'unknown';

/**
 * How a declared engine range fits the wanted one. `part` is its own answer because `>=22.12.0` and "Node.js 22" fit on every
 * current 22 and miss only its first releases: refusing would be as wrong as passing.
 *
 * @param wanted a range or a single major: `24.x`, `24`, `>=20`
 */
export function engineFit(declared: string | undefined, wanted: string): RangeFit {
  const range = declared === undefined ? null : semver.validRange(declared);
  const asked = semver.validRange(wanted);
  if (range === null || asked === null) return 'unknown';
  if (semver.subset(asked, range)) return 'contains';
  return semver.intersects(asked, range) ? 'part' : 'none';
}
