import fc from 'fast-check';
import { cacheName, requestHash, seedOf } from './request-key.js';
import { requestOf } from './research-request.js';
import { researchBody } from './research.schemas.js';
import type { ResearchRequest, StackName } from './research.types.js';

const VOCABULARY: StackName[] = [
  {
    slug: 'typescript',
    label: 'TypeScript',
    names: ['typescript', 'ts'],
    category: 'runtime',
    ecosystem: 'javascript',
  },
  { slug: 'python', label: 'Python', names: ['python'], category: 'runtime', ecosystem: 'python' },
  { slug: 'postgresql', label: 'PostgreSQL', names: ['postgresql', 'postgres'], category: 'database-primary' },
  { slug: 'go', label: 'Go', names: ['go'], category: 'runtime', ecosystem: 'go' },
];
const bodyOf = (techStack: Record<string, string>, more: object = {}) =>
  researchBody.parse({ category: 'cache', context: { projectType: 'x', techStack, requirements: 'one' }, ...more });

describe('what a body asks for', () => {
  it('is read from the words of the tech stack: what is in use, and where candidates come from', () => {
    const asked = requestOf(bodyOf({ language: 'Python 3.13', db: 'Postgres 16' }), VOCABULARY, 5);
    expect(asked).toMatchObject({ ecosystem: 'python', inUse: ['postgresql', 'python'], maxOptions: 5 });
    expect(asked.context.requirements).toEqual(['one']);
  });

  it('finds whole words only', () => {
    expect(requestOf(bodyOf({ db: 'MongoDB, Django, googles-ts' }), VOCABULARY, 5).inUse).toEqual(['typescript']);
    expect(requestOf(bodyOf({ db: 'mygo' }), VOCABULARY, 5)).toMatchObject({ ecosystem: 'javascript', inUse: [] });
  });

  it('is what the caller says, where the caller says it', () => {
    const asked = requestOf(
      bodyOf({ a: 'Python' }, { ecosystem: 'java', inUse: ['redis'], maxOptions: 2 }),
      VOCABULARY,
      5,
    );
    expect(asked).toMatchObject({ ecosystem: 'java', inUse: ['python', 'redis'], maxOptions: 2 });
  });
});

describe('the key of an answer', () => {
  const request = fc.record({
    category: fc.constant('cache' as const),
    context: fc.record({
      projectType: fc.string(),
      techStack: fc.dictionary(fc.string(), fc.string()),
      requirements: fc.array(fc.string()),
    }),
    ecosystem: fc.constantFrom('javascript' as const, 'go' as const),
    inUse: fc.uniqueArray(fc.string()),
    constraints: fc.record({
      licenses: fc.uniqueArray(fc.string()),
      engines: fc.dictionary(fc.string(), fc.string()),
      forbidden: fc.uniqueArray(fc.string()),
      pinned: fc.constant({}),
    }),
    maxOptions: fc.integer({ min: 1, max: 20 }),
  });

  it('does not depend on the order of sets nor of members', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const turned: ResearchRequest = {
          maxOptions: asked.maxOptions,
          constraints: { ...asked.constraints, licenses: [...asked.constraints.licenses].reverse() },
          inUse: [...asked.inUse].reverse(),
          ecosystem: asked.ecosystem,
          context: {
            ...asked.context,
            techStack: Object.fromEntries(Object.entries(asked.context.techStack).reverse()),
          },
          category: asked.category,
        };
        expect(requestHash(turned)).toBe(requestHash(asked));
        expect(seedOf(turned.context)).toBe(seedOf(asked.context));
      }),
    );
  });

  it('differs when anything that counts differs, and is readable', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const others: ResearchRequest[] = [
          { ...asked, maxOptions: asked.maxOptions + 1 },
          { ...asked, inUse: [...asked.inUse, 'one more slug'] },
          { ...asked, context: { ...asked.context, requirements: [...asked.context.requirements, 'x'] } },
          { ...asked, constraints: { ...asked.constraints, forbidden: [...asked.constraints.forbidden, 'one more'] } },
        ];
        expect(new Set([asked, ...others].map(requestHash)).size).toBe(5);
        expect(cacheName(asked)).toMatch(/^tech_research:cache:[0-9a-f]{64}$/);
      }),
    );
  });
});
