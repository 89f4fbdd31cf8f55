import { fingerprint } from '../../shared/canonical-json/canonical-json.js';
import type { ResearchContext, ResearchRequest, Sha256 } from './research.types.js';

/**
 * Hash of everything an answer depends on: the context of row T4 (project type, tech stack, requirements) and what else
 * the options are judged against. Requests that must not share an answer never share a hash; order of sets is no matter.
 */
export function requestHash(request: ResearchRequest): Sha256 {
  const { context, ecosystem, inUse, constraints, maxOptions } = request;
  return fingerprint({
    context,
    ecosystem,
    inUse: [...new Set(inUse)].sort(),
    constraints: {
      ...constraints,
      licenses: [...new Set(constraints.licenses)].sort(),
      forbidden: [...new Set(constraints.forbidden)].sort(),
    },
    maxOptions,
  });
}

/** Readable part of the cache key: `tech_research:{category}:{hash}`. */
export function cacheName(request: ResearchRequest): string {
  return `tech_research:${request.category}:${requestHash(request)}`;
}

/** Seed of the weight draws: 32 bits of the context's hash, so that the same question is drawn the same way. */
export function seedOf(context: ResearchContext): number {
  return Number.parseInt(fingerprint(context).slice(0, 8), 16);
}
