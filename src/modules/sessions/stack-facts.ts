/** From what the code names to what the catalogue knows. Pure. */
import type { StackEntry } from '../code-analysis/code-analysis.types.js';
import type { Candidate, Category, StackName } from '../research/research.types.js';
import type { StackFact } from './gaps/gap.types.js';

interface Known {
  readonly slug: string;
  readonly category: Category;
}

/**
 * Facts for the entries the catalogue has a name for, each slug once per file, in the order of the entries. A package
 * name wins over a technology of the same name: `pg` as a dependency is the driver's category, not the server's.
 */
export function stackFacts(
  entries: readonly StackEntry[],
  names: readonly StackName[],
  candidates: readonly Candidate[],
): StackFact[] {
  const byPackage = new Map(
    candidates.flatMap((one) => (one.package ? [[one.package.toLowerCase(), known(one)]] : [])),
  );
  const byName = factNames(names, candidates);
  const facts = new Map<string, StackFact>();
  for (const entry of entries) {
    const installed = entry.kind === 'dependency' ? byPackage.get(entry.name) : undefined;
    const found = installed ?? byName.get(entry.name);
    if (!found || facts.has(`${found.slug}\0${entry.file}`)) continue;
    facts.set(`${found.slug}\0${entry.file}`, {
      slug: found.slug,
      category: found.category,
      file: entry.file,
      line: entry.line,
      words: entry.words,
      // The version of a driver says nothing about that of the server it speaks to.
      ...(installed && entry.version ? { version: entry.version } : {}),
    });
  }
  return [...facts.values()];
}

/** A language speaks about the runtime but is none: as a fact beside Node.js it would look like a second one. */
function factNames(names: readonly StackName[], candidates: readonly Candidate[]): ReadonlyMap<string, Known> {
  const runtimes = new Set(candidates.filter((one) => one.category === 'runtime').map((one) => known(one).slug));
  const facts = names.filter(({ slug, category }) => category !== 'runtime' || runtimes.has(slug));
  return new Map(facts.flatMap(({ slug, category, names: words }) => words.map((word) => [word, { slug, category }])));
}

function known(candidate: Candidate): Known {
  return { slug: candidate.id.slice(candidate.id.indexOf('/') + 1), category: candidate.category };
}
