import { z } from 'zod';
import { CATEGORIES, CRITERION_IDS, ECOSYSTEMS } from './research.types.js';

const text = (longest: number) => z.string().trim().min(1).max(longest);
const words = (most: number) => z.array(text(200)).max(most);

/** Body of `POST /v1/research`. */
export const researchBody = z
  .strictObject({
    category: z.enum(CATEGORIES),
    context: z.strictObject({
      projectType: text(200),
      techStack: z.record(text(100), text(500)).default({}),
      requirements: z.union([text(20_000).transform((one) => [one]), z.array(text(5_000)).max(500)]).default([]),
    }),
    ecosystem: z
      .enum(ECOSYSTEMS)
      .optional()
      .meta({ description: 'Where candidates come from; read from the tech stack when absent' }),
    inUse: words(100)
      .default([])
      .meta({ description: 'Slugs of what is already in use, beside what the tech stack names' }),
    constraints: z
      .strictObject({
        licenses: words(100).default([]).meta({ description: 'Allowed SPDX ids; empty: no constraint' }),
        engines: z.record(text(50), text(100)).default({}),
        forbidden: words(100).default([]),
        place: z
          .strictObject({ words: text(200), own: z.boolean() })
          .optional()
          .meta({
            description: 'Where data must stay; own: on machines of its owner, so that nothing rented is admissible',
          }),
      })
      .default({ licenses: [], engines: {}, forbidden: [] }),
    maxOptions: z.int().min(1).max(20).optional(),
  })
  .meta({
    example: {
      category: 'queue-jobs',
      context: {
        projectType: 'web service',
        techStack: { language: 'TypeScript', runtime: 'Node.js 24', database: 'PostgreSQL' },
        requirements: ['Confirmation e-mails are sent within one minute of a sale.'],
      },
      constraints: { licenses: ['MIT', 'Apache-2.0'], engines: { node: '24.x' } },
      maxOptions: 3,
    },
  });
export type ResearchBody = z.infer<typeof researchBody>;

const citation = z.union([
  z.object({
    evidence: z.string(),
    pointer: z.string(),
    value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  }),
  z.object({ evidence: z.string(), quote: z.string() }),
]);

const option = z.looseObject({
  candidate: z.looseObject({ id: z.string(), label: z.string(), kind: z.enum(['package', 'built-in', 'service']) }),
  record: z.looseObject({ name: z.string(), version: z.string() }).optional(),
  unknownBecause: z.string().optional(),
  constraints: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['pass', 'fail', 'unknown', 'not-applicable']),
      shown: z.string(),
      citations: z.array(citation),
    }),
  ),
  values: z.array(
    z.object({
      criterion: z.enum(CRITERION_IDS),
      low: z.number(),
      high: z.number(),
      shown: z.string(),
      citations: z.array(citation),
    }),
  ),
});

/** Answer of `POST /v1/research`: facts of each option, and their comparison by the criteria in force. */
export const researchAnswer = z
  .object({
    category: z.enum(CATEGORIES),
    options: z.array(option),
    evidence: z.array(z.string()).meta({ description: 'Hashes for /v1/evidence/{sha256}' }),
    degraded: z.array(z.string()).meta({ description: 'Sources that did not answer, in words' }),
    criteriaVersion: z.int(),
    comparison: z.looseObject({
      verdict: z.enum(['clear', 'close', 'undecidable', 'no-choice', 'none']),
      leader: z.string().optional(),
      options: z.array(z.looseObject({ id: z.string(), low: z.number(), high: z.number(), winShare: z.number() })),
    }),
  })
  .meta({
    example: {
      category: 'queue-jobs',
      options: [
        {
          candidate: { id: 'queue-jobs/pg-boss', label: 'pg-boss', kind: 'package' },
          record: { name: 'pg-boss', version: '12.38.0', license: 'MIT' },
          constraints: [
            {
              id: 'H1',
              state: 'pass',
              shown: 'MIT',
              citations: [{ evidence: '3895f10fdb0e…', pointer: '/license', value: 'MIT' }],
            },
          ],
          values: [{ criterion: 'C1', low: 1, high: 1, shown: '1', citations: [] }],
        },
      ],
      evidence: ['3895f10fdb0e…'],
      degraded: [],
      criteriaVersion: 1,
      comparison: {
        verdict: 'no-choice',
        leader: 'queue-jobs/pg-boss',
        options: [{ id: 'queue-jobs/pg-boss', low: 0, high: 0, winShare: 0 }],
      },
    },
  });

/** Answer of a call that was handed to a worker. */
export const jobAccepted = z.object({ id: z.uuid(), status: z.string(), location: z.string() }).meta({
  example: {
    id: '0190a0de-0000-7000-8000-000000000000',
    status: 'queued',
    location: '/v1/jobs/0190a0de-0000-7000-8000-000000000000',
  },
});

export const categoryParam = z.enum(CATEGORIES);
export const candidatesQuery = z.object({ ecosystem: z.enum(ECOSYSTEMS).default('javascript') });

export const categoryList = z
  .object({
    items: z.array(
      z.looseObject({ id: z.enum(CATEGORIES), question: z.string(), need: z.string(), alwaysNeeded: z.boolean() }),
    ),
  })
  .meta({
    example: {
      items: [
        {
          id: 'queue-jobs',
          question: 'Which queue runs the background jobs?',
          need: 'a job can be added in the transaction of the caller',
          alwaysNeeded: false,
        },
      ],
    },
  });

export const candidateList = z
  .object({
    items: z.array(
      z.looseObject({ id: z.string(), label: z.string(), kind: z.enum(['package', 'built-in', 'service']) }),
    ),
  })
  .meta({ example: { items: [{ id: 'queue-jobs/pg-boss', label: 'pg-boss', kind: 'package', package: 'pg-boss' }] } });
