import parse from 'spdx-expression-parse';

/** pass, fail or unknown: three-valued, because a licence nobody can read is neither allowed nor refused. */
export type LicenseState = 'pass' | 'fail' | 'unknown';

type Expression = ReturnType<typeof parse>;

/**
 * Ids that SPDX has deprecated because they're ambiguous (`GPL-3.0`: only, or later?). SPDX licence list 3.x; the list only
 * grows when SPDX withdraws another id.
 */
const DEPRECATED = new Set([
  'AGPL-1.0',
  'AGPL-3.0',
  'BSD-2-Clause-FreeBSD',
  'BSD-2-Clause-NetBSD',
  'GFDL-1.1',
  'GFDL-1.2',
  'GFDL-1.3',
  'GPL-1.0',
  'GPL-2.0',
  'GPL-2.0-with-GCC-exception',
  'GPL-2.0-with-autoconf-exception',
  'GPL-2.0-with-bison-exception',
  'GPL-2.0-with-classpath-exception',
  'GPL-2.0-with-font-exception',
  'GPL-3.0',
  'GPL-3.0-with-GCC-exception',
  'GPL-3.0-with-autoconf-exception',
  'LGPL-2.0',
  'LGPL-2.1',
  'LGPL-3.0',
  'Net-SNMP',
  'Nunit',
  'StandardML-NJ',
  'bzip2-1.0.5',
  'eCos-2.0',
  'wxWindows',
]);

/**
 * Is a package under this licence expression allowed by a list of SPDX ids? OR needs one side, AND both. An exception
 * (`WITH`) only adds permissions, so an allowed base licence is enough. `BSD` and `SEE LICENSE IN …` are no SPDX ids:
 * unknown. npm's `UNLICENSED` says that no right is given: fail.
 */
export function licenseState(expression: string | undefined, allowed: readonly string[]): LicenseState {
  const text = expression?.trim() ?? '';
  if (text === '') return 'unknown';
  if (text === 'UNLICENSED') return 'fail';
  try {
    return judge(parse(text), new Set(allowed));
  } catch {
    return 'unknown';
  }
}

function judge(node: Expression, allowed: ReadonlySet<string>): LicenseState {
  if ('conjunction' in node) {
    const sides = [judge(node.left, allowed), judge(node.right, allowed)];
    return node.conjunction === 'or' ? combine(sides, 'pass', 'fail') : combine(sides, 'fail', 'pass');
  }
  const full = `${node.license}${node.plus ? '+' : ''}${node.exception ? ` WITH ${node.exception}` : ''}`;
  if (allowed.has(full) || allowed.has(node.license)) return 'pass';
  return DEPRECATED.has(node.license) ? 'unknown' : 'fail';
}

/** Three-valued: one decisive side is enough, without it an unknown side leaves the whole unknown. */
function combine(sides: readonly LicenseState[], decisive: LicenseState, otherwise: LicenseState): LicenseState {
  if (sides.includes(decisive)) return decisive;
  return sides.includes('unknown') ? 'unknown' : otherwise;
}
