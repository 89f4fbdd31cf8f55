import type { Candidate, CatalogueNote, Category, CategoryNeedFact, Ecosystem } from '../research.types.js';

/** Short forms in which the catalogue's files are written; each fills what an entry doesn't say with "nothing known". */

type Stated = Partial<
  Pick<
    Candidate,
    | 'names'
    | 'needsServers'
    | 'needsOneServerOf'
    | 'companions'
    | 'categoryNeed'
    | 'brings'
    | 'storesPersonalData'
    | 'notes'
    | 'serverLicense'
    | 'builtInto'
    | 'rented'
  >
>;

/** Day on which the entries were checked against the packages' newest releases. */
export const CHECKED = '2026-11-21';

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replaceAll(/^-|-$/gu, '');

const complete = (
  identity: Pick<Candidate, 'id' | 'category' | 'ecosystem' | 'label' | 'kind' | 'package'>,
  stated: Stated,
  names: readonly string[],
): Candidate => ({ ...identity, needsServers: [], companions: [], notes: [], ...stated, names: stated.names ?? names });

/**
 * A package of the npm registry. Its names default to label and package name; where one of them is a common word (`express
 * shipping`), `stated.names` says which spellings are meant. `slug` is needed where the label is a phrase.
 */
export function npm(category: Category, name: string, label: string, stated: Stated = {}, slug = label): Candidate {
  const names = [...new Set([label.toLowerCase(), name.toLowerCase()])];
  const id = `${category}/${slugOf(slug)}`;
  return complete({ id, category, ecosystem: 'javascript', label, kind: 'package', package: name }, stated, names);
}

/** A feature of something else: `hosts` are slugs one of which must be in use; empty: it is always there. */
export function builtIn(
  category: Category,
  slug: string,
  label: string,
  hosts: readonly string[],
  stated: Stated & { readonly ecosystem?: Ecosystem } = {},
): Candidate {
  const { ecosystem = 'any', ...rest } = stated;
  const identity = { id: `${category}/${slug}`, category, ecosystem, label, kind: 'built-in' } as const;
  return complete(identity, { ...rest, ...(hosts.length > 0 && { builtInto: hosts }) }, [label.toLowerCase()]);
}

/** Something that is run or rented and has no client package of its own here. */
export function service(category: Category, slug: string, label: string, stated: Stated = {}): Candidate {
  return complete({ id: `${category}/${slug}`, category, ecosystem: 'any', label, kind: 'service' }, stated, [
    label.toLowerCase(),
  ]);
}

/** `[package, label, further names or what else is stated]` */
type Listed = readonly [name: string, label: string, stated?: Stated];

/**
 * Candidates of an ecosystem without a source of facts: named, so that a brief or a manifest is understood, and otherwise
 * unknown. Package names as in PyPI, Maven (`group:artifact`) or the Go module path.
 */
export function listed(
  category: Category,
  ecosystem: Exclude<Ecosystem, 'javascript'>,
  ...entries: Listed[]
): Candidate[] {
  return entries.map(([name, label, stated = {}]) => {
    const id = `${category}/${ecosystem}-${slugOf(label)}`;
    const names = [...new Set([label.toLowerCase(), name.toLowerCase()])];
    return complete({ id, category, ecosystem, label, kind: 'package', package: name }, stated, names);
  });
}

/** The need is proven by words in one file of the package (or of another one). */
export function quoted(value: number, file: string, quote: string, owner?: string): CategoryNeedFact {
  return { value, proof: { kind: 'file', file, quote, ...(owner !== undefined && { package: owner }) } };
}

/** The need is proven by what a JSON pointer finds in the package's record. */
export function recorded(value: number, pointer: string): CategoryNeedFact {
  return { value, proof: { kind: 'record', pointer } };
}

export function note(text: string, url: string, validFor?: string): CatalogueNote {
  return { text, url, date: CHECKED, ...(validFor !== undefined && { validFor }) };
}
