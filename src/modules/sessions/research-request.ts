/** From a session to what research is asked. Pure: the same session asks the same, so the second one finds the cache. */
import { ECOSYSTEMS, type Category, type Ecosystem, type ResearchRequest } from '../research/research.types.js';
import type { ReadBrief } from './brief/brief.types.js';
import type { StackFact } from './gaps/gap.types.js';
import type { Brief, PlanEdits, SessionOptions } from './sessions.types.js';

const ECOSYSTEM_WORDS: Readonly<Record<Ecosystem, RegExp>> = {
  javascript: /\b(typescript|javascript|node(\.?js)?|nodejs|deno|bun|nestjs|express|fastify)\b/i,
  python: /\b(python|django|flask|fastapi)\b/i,
  java: /\b(java|kotlin|jvm|spring)\b/i,
  go: /\b(go|golang)\b/i,
};

/**
 * The language candidates are looked for in: what the tech stack says, else what the code says, else what a need of the
 * brief names; JavaScript when nothing says it, since its registry is the one that answers with facts.
 */
export function ecosystemOf(brief: Brief, read: ReadBrief, stack: readonly StackFact[]): Ecosystem {
  const words = [
    Object.values(brief.techStack).join(' '),
    stack.map((fact) => fact.slug).join(' '),
    read.inUse.map((used) => used.slug).join(' '),
  ];
  for (const text of words) {
    const found = ECOSYSTEMS.find((ecosystem) => ECOSYSTEM_WORDS[ecosystem].test(text));
    if (found) return found;
  }
  return 'javascript';
}

export interface RequestBasis {
  readonly brief: Brief;
  readonly read: ReadBrief;
  readonly stack: readonly StackFact[];
  readonly options: SessionOptions;
  readonly plan?: PlanEdits;
}

/** What is asked for one gap. Lists are sorted where their order carries no meaning. */
export function requestFor(category: Category, basis: RequestBasis): ResearchRequest {
  const { brief, read, stack, options, plan } = basis;
  const { constraints } = read;
  const pinned = { ...constraints.pinned, ...plan?.pin };
  return {
    category,
    context: { projectType: brief.projectType, techStack: brief.techStack, requirements: brief.requirements },
    ecosystem: ecosystemOf(brief, read, stack),
    inUse: sortedUnique([
      ...read.inUse.map((used) => used.slug),
      ...stack.map((fact) => fact.slug),
      ...Object.values(pinned).map((name) => name.toLowerCase()),
    ]),
    constraints: {
      ...constraints,
      forbidden: sortedUnique([...constraints.forbidden, ...(plan?.forbid ?? [])]),
      pinned,
    },
    maxOptions: options.maxOptionsPerGap,
  };
}

function sortedUnique(words: readonly string[]): string[] {
  return [...new Set(words)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
