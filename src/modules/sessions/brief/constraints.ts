/** Hard constraints of a brief: structured ones and those in its words, with every expansion made visible. */
import type { HardConstraints } from '../../research/research.types.js';
import type { Brief } from '../sessions.types.js';
import type { Need, ReadBrief } from './brief.types.js';
import { namesIn, type NameIndex } from './names.js';

type Expansions = ReadBrief['expansions'];

/** What people write → SPDX ids. More than one id, or another spelling, is an expansion and becomes an assumption. */
const LICENSES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    mit: ['MIT'],
    'mit-0': ['MIT-0'],
    apache: ['Apache-2.0'],
    'apache 2': ['Apache-2.0'],
    'apache 2.0': ['Apache-2.0'],
    'apache-2': ['Apache-2.0'],
    'apache-2.0': ['Apache-2.0'],
    bsd: ['BSD-2-Clause', 'BSD-3-Clause'],
    'bsd-2-clause': ['BSD-2-Clause'],
    'bsd-3-clause': ['BSD-3-Clause'],
    '0bsd': ['0BSD'],
    isc: ['ISC'],
    mpl: ['MPL-2.0'],
    'mpl-2.0': ['MPL-2.0'],
    'lgpl-3.0': ['LGPL-3.0-only'],
    unlicense: ['Unlicense'],
    'cc0-1.0': ['CC0-1.0'],
    'blueoak-1.0.0': ['BlueOak-1.0.0'],
    zlib: ['Zlib'],
  }),
);

const EXACT = /^(?:mit|mit-0|apache-2\.0|bsd-[23]-clause|0bsd|isc|mpl-2\.0|unlicense|cc0-1\.0|blueoak-1\.0\.0|zlib)$/iu;
const LICENSE_WORD =
  /(?<![\p{L}\p{N}-])(?:MIT-0|MIT|Apache(?:[ -]2(?:\.0)?)?|BSD-[23]-Clause|0BSD|BSD|ISC|MPL(?:-2\.0)?|Unlicense|CC0-1\.0|BlueOak-1\.0\.0|Zlib)(?![\p{L}\p{N}-])/giu;

/** An id that is not in the table is passed through as written: an unknown id excludes, it never allows more. */
const idsOf = (word: string): readonly string[] => LICENSES.get(word.trim().toLowerCase()) ?? [word.trim()];

function licensesFrom(words: readonly string[], need: string): { ids: string[]; expansions: Expansions } {
  const expansions = words
    .filter((word) => !EXACT.test(word.trim()) && LICENSES.has(word.trim().toLowerCase()))
    .map((word) => ({ from: word.trim(), to: idsOf(word), need }));
  return { ids: words.flatMap(idsOf), expansions };
}

const hasRule = (need: Need, rule: string): boolean => need.triggers.some((trigger) => trigger.rule === rule);

/** Licences named in the running text count as an allow-list unless the words forbid them. */
function licenseWords(brief: Brief, needs: readonly Need[]): { words: readonly string[]; need: string }[] {
  const structured = needs.find((need) => need.pointer === '/constraints/licenses');
  const fromText = needs
    .filter((need) => need.pointer.startsWith('/requirements/') && hasRule(need, 'LICENCE-1'))
    .filter((need) => !/\b(?:no|not|without)\b/iu.test(need.text))
    .map((need) => ({ words: need.text.match(LICENSE_WORD) ?? [], need: need.id }));
  const given = brief.constraints.licenses ?? [];
  return structured && given.length > 0 ? [{ words: given, need: structured.id }, ...fromText] : fromText;
}

/** `Node.js 24` in a brief is the range `24.x`; a full version stays a minimum within its major. */
function engineRange(version: string): string {
  const parts = version.split('.');
  return parts.length === 1 || parts[1] === 'x' ? `${parts[0] ?? ''}.x` : `^${version}`;
}

/** `Node.js 20 reaches its end` in running text is no constraint; a tech stack or `already in use` is. */
const decidesEngine = (need: Need): boolean => need.pointer.startsWith('/techStack/') || hasRule(need, 'IN-USE');

function enginesOf(brief: Brief, needs: readonly Need[], index: NameIndex): Record<string, string> {
  const engines: Record<string, string> = {};
  for (const need of needs) {
    if (!decidesEngine(need)) continue;
    const found = namesIn(need.text, index, false).find((name) => name.name.category === 'runtime' && name.version);
    const key = found && (/node/u.test(found.name.slug) ? 'node' : found.name.slug);
    if (found?.version && key && engines[key] === undefined) engines[key] = engineRange(found.version);
  }
  return { ...engines, ...brief.constraints.engines };
}

const FORBIDDEN = /\b(?:without|no|not|avoid|never use)\s+(?:use of\s+)?$/iu;

function forbiddenIn(needs: readonly Need[], index: NameIndex): string[] {
  return needs.flatMap((need) =>
    need.pointer.startsWith('/requirements/')
      ? namesIn(need.text, index, true)
          .filter((found) => FORBIDDEN.test(need.text.slice(Math.max(0, found.start - 24), found.start)))
          .map((found) => found.name.slug)
      : [],
  );
}

const sortedUnique = (values: readonly string[]): string[] => [...new Set(values)].sort();

/** Is this name forbidden by the words in front of it (`no MongoDB`)? */
export function isForbiddenAt(text: string, start: number): boolean {
  return FORBIDDEN.test(text.slice(Math.max(0, start - 24), start));
}

/** Words that mean machines of the owner: nothing that a provider runs is inside them. */
const OWN_MACHINES =
  /\b(?:own|our|its|in-house|internal|compan(?:y|ies)['’]?s?)\s(?:[\p{L}-]+\s)?(?:data cent(?:re|er)s?|servers?|network|premises|machines)\b|\bon[- ]prem(?:ises?)?\b|\bself-hosted\b|\bair-gapped\b/iu;

const PLACE =
  /\b(?:must not leave|not leave|leave|stays? (?:in|inside|within|on)|hosted in|resid(?:e|es) in|run on)\s+([^.;,]{2,60})/iu;

/** Where data must stay, in the brief's words. Machines of the owner shut out what is rented; a region only asks for proof. */
function placeOf(needs: readonly Need[]): HardConstraints['place'] {
  const need = needs.find((one) => hasRule(one, 'RESIDENCY-1') || hasRule(one, 'ONPREM-1'));
  if (!need) return undefined;
  return { words: PLACE.exec(need.text)?.[1]?.trim() ?? need.text, own: OWN_MACHINES.test(need.text) };
}

/** Licences (SPDX ids, expanded), engine ranges, forbidden names and pins; an empty list is no constraint. */
export function readConstraints(
  brief: Brief,
  needs: readonly Need[],
  index: NameIndex,
): { readonly constraints: HardConstraints; readonly expansions: Expansions } {
  const place = placeOf(needs);
  const lists = licenseWords(brief, needs).map(({ words, need }) => licensesFrom(words, need));
  return {
    constraints: {
      licenses: sortedUnique(lists.flatMap((list) => list.ids)),
      engines: enginesOf(brief, needs, index),
      forbidden: sortedUnique([...(brief.constraints.forbidden ?? []), ...forbiddenIn(needs, index)]),
      pinned: brief.constraints.pinned ?? {},
      ...(place && { place }),
    },
    expansions: lists
      .flatMap((list) => list.expansions)
      .filter((one, at, all) => all.findIndex((other) => other.from === one.from) === at),
  };
}
