/** What clients send. Unknown fields are refused, so that a typo is told and not ignored. */
import { z } from 'zod';
import { idParam } from '../../http/id-param.js';
import { instant } from '../../http/instant.js';
import { pageQuery } from '../../http/pagination.js';
import { CATEGORIES } from '../research/research.types.js';
import { isProjectType, PROJECT_TYPE_WORDS } from './project-types.js';
import { gapUnknown, sessionUnknown } from './sessions.errors.js';
import { SESSION_STATUSES } from './sessions.types.js';

const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** Of `@Param()`: ids of sessions and gaps. */
export const SESSION_ID = { schema: idParam(UUID, sessionUnknown) };
export const GAP_ID = { schema: idParam(/^G-\d{1,4}$/, gapUnknown) };

const word = (max: number) => z.string().trim().min(1, 'must not be empty').max(max);
const names = z.array(word(200)).max(200);
const categoryNames = z.partialRecord(z.enum(CATEGORIES), word(200));

const constraints = z.strictObject({
  licenses: names.optional().meta({ description: 'SPDX ids that are allowed, or `BSD`' }),
  engines: z.record(word(50), word(100)).optional().meta({ description: 'Engine ranges: `{ "node": "24.x" }`' }),
  budgetUsd: z.number().min(0).max(1e9).optional(),
  forbidden: names.optional().meta({ description: 'Names or packages that must not be used' }),
  pinned: categoryNames.optional().meta({ description: 'What is decided already, by category' }),
});

const brief = z.strictObject({
  projectType: word(200)
    .refine(isProjectType, `must say what it is, with one of these words: ${PROJECT_TYPE_WORDS.join(', ')}`)
    .meta({ example: 'web service' }),
  requirements: z
    .union([z.array(word(20_000)).min(1, 'must have at least one requirement').max(500), word(200_000)])
    .meta({ description: 'Sentences; a list of them or one text' }),
  techStack: z
    .record(word(100), z.union([z.string().trim().max(500), z.array(word(200)).max(50)]))
    .optional()
    .meta({ description: 'What is in use or chosen: `{ "language": "TypeScript", "database": "PostgreSQL" }`' }),
  constraints: constraints.optional(),
});

const mode = z.enum(['auto', 'ask']);
const options = z.strictObject({
  plan: mode.optional().meta({ description: '`ask`: wait for approval of the gaps; default auto' }),
  decisions: mode.optional().meta({ description: '`ask`: wait for a person to decide; default auto' }),
  maxOptionsPerGap: z.number().int().min(2).max(20).optional(),
  analyst: z
    .enum(['heuristic', 'llm'])
    .refine((analyst) => analyst !== 'llm', 'llm is not offered by this installation; use heuristic')
    .optional(),
  model: word(100).optional(),
  priority: z.number().int().min(1).max(10).optional().meta({ description: '10 is the most urgent; default 5' }),
});

const file = z.strictObject({
  path: word(1000).refine((path) => !path.split('/').includes('..'), 'must stay inside the project: no ".."'),
  content: z.string().max(256 * 1024),
});

export const createSessionSchema = z
  .strictObject({
    name: word(200),
    brief,
    files: z.array(file).max(200).optional().meta({ description: 'Manifests of existing code' }),
    codeAnalysisId: z
      .undefined('sessions do not read code analyses yet: send the manifests as files')
      .optional()
      .meta({ override: { type: 'string', description: 'Reserved' } }),
    options: options.optional(),
  })
  .meta({
    id: 'CreateSession',
    example: {
      name: 'Order service',
      brief: {
        projectType: 'web API',
        requirements: [
          'Customers place orders and pay online. 200 orders a minute at peak.',
          'Orders are kept for ten years.',
        ],
        techStack: { language: 'TypeScript', database: 'PostgreSQL' },
        constraints: { licenses: ['MIT', 'Apache-2.0'] },
      },
      options: { plan: 'auto', decisions: 'ask' },
    },
  });
export type CreateSession = z.infer<typeof createSessionSchema>;

export const createQuerySchema = z.object({ dryRun: z.enum(['true', 'false']).optional() });
export type CreateQuery = z.infer<typeof createQuerySchema>;

const count = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(max));

export const SESSION_SORTS = ['createdAt', '-createdAt', 'name', '-name'] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

export const listQuerySchema = pageQuery
  .extend({
    status: z.enum(SESSION_STATUSES).optional(),
    model: word(100).optional(),
    q: word(200).optional().meta({ description: 'Words of the name or of the requirements' }),
    createdAfter: instant.optional(),
    createdBefore: instant.optional(),
    sort: z.enum(SESSION_SORTS).optional().meta({ description: 'Default -createdAt' }),
  })
  .strict();
export type ListQuery = z.infer<typeof listQuerySchema>;

const INCLUDES = ['gaps', 'decisions'] as const;
export type Include = (typeof INCLUDES)[number];
export const viewQuerySchema = z.object({
  include: z
    .string()
    .refine(
      (text) => text.split(',').every((part) => (INCLUDES as readonly string[]).includes(part)),
      `must be a list of ${INCLUDES.join(', ')}`,
    )
    .optional(),
});

export const decisionSchema = z
  .strictObject({
    gapId: word(100),
    optionId: word(300).optional(),
    custom: word(300).optional(),
    reason: word(2000).optional(),
  })
  .refine((body) => (body.optionId === undefined) !== (body.custom === undefined), {
    path: ['optionId'],
    message: 'give exactly one of optionId and custom',
  })
  .meta({ id: 'TakeDecision', example: { gapId: 'G-2', optionId: 'queue-jobs/pg-boss', reason: 'no second server' } });
export type TakeDecision = z.infer<typeof decisionSchema>;

/** `drop` and `add` take categories or gap ids. */
export const planPatchSchema = z
  .strictObject({
    pin: categoryNames.optional(),
    forbid: names.optional(),
    drop: z.array(word(100)).max(50).optional(),
    add: z.array(word(100)).max(50).optional(),
  })
  .meta({ id: 'PatchPlan', example: { pin: { 'queue-jobs': 'pg-boss' }, drop: ['G-4'], add: ['caching'] } });
export type PatchPlan = z.infer<typeof planPatchSchema>;

export const versionQuerySchema = z.object({ version: count(1_000_000).optional() });
export const diffQuerySchema = z.object({ from: count(1_000_000), to: count(1_000_000) });
