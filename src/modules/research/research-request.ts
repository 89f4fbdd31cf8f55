import type { ResearchBody } from './research.schemas.js';
import type { ResearchRequest, StackName } from './research.types.js';

/** What a caller's body asks for, with what its tech stack says read by the catalogue's names. */
export function requestOf(
  body: ResearchBody,
  vocabulary: readonly StackName[],
  defaultOptions: number,
): ResearchRequest {
  const { category, context, constraints } = body;
  const named = namedIn(Object.values(context.techStack), vocabulary);
  return {
    category,
    context,
    ecosystem: body.ecosystem ?? named.find(({ ecosystem }) => ecosystem !== undefined)?.ecosystem ?? 'javascript',
    inUse: [...new Set([...named.map(({ slug }) => slug), ...body.inUse])].sort(),
    constraints: { ...constraints, pinned: {} },
    maxOptions: body.maxOptions ?? defaultOptions,
  };
}

/** Names that stand in the texts as whole words, in the vocabulary's order. */
function namedIn(texts: readonly string[], vocabulary: readonly StackName[]): StackName[] {
  const words = texts.join(' \n ').toLowerCase();
  return vocabulary.filter(({ names }) => names.some((name) => hasWord(words, name)));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const isWhole = !/[\p{L}\p{N}]/u.test(text.charAt(at - 1)) && !/[\p{L}\p{N}]/u.test(text.charAt(at + word.length));
    if (isWhole) return true;
  }
  return false;
}
