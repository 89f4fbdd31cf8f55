import { z } from 'zod';
import { idParam } from '../../http/id-param.js';
import { queryUnknown } from '../../shared/database/query-plans.js';
import { QUERY_OPERATIONS } from '../../shared/database/query-shape.js';

const count = z.int().min(0);
const milliseconds = z.number().min(0);

/** Of `@Param()`: names of queries. */
export const QUERY_NAME = { schema: idParam(/^[a-z][a-z-]*\.[a-z-]+$/, queryUnknown) };

/** Query of `GET /v1/dashboard/queries/{name}/plan`. */
export const planQuerySchema = z.strictObject({
  analyze: z.enum(['true', 'false']).optional().meta({ description: '`true` runs the query and tells what happened' }),
});
export type PlanQuery = z.infer<typeof planQuerySchema>;

const actual = z.object({
  ms: milliseconds.meta({ description: 'Of one loop' }),
  rows: z.number().min(0).meta({ description: 'Of one loop' }),
  loops: count,
  removedRows: z.number().min(0).meta({ description: 'Thrown away by a condition' }),
  pagesHit: count.meta({ description: 'Pages of 8 kB found in memory, those of its sources included' }),
  pagesRead: count,
});

const step = z.object({
  depth: count.meta({ description: '0 for the first; the sources of a step follow it, one deeper' }),
  node: z.string(),
  relation: z.string().optional(),
  index: z.string().optional(),
  join: z.string().optional(),
  conditions: z.array(z.string()).meta({ description: 'With ? for values' }),
  cost: z.number().meta({ description: 'In the unit of the planner' }),
  plannedRows: z.number().min(0),
  actual: actual.optional().meta({ description: 'Absent when the step was not run' }),
});

const plan = {
  steps: z.array(step).meta({ description: 'From the outermost to the innermost' }),
  planningMs: milliseconds.optional(),
  executionMs: milliseconds.optional(),
};

const named = { name: z.string(), about: z.string() };

const shape = z.object({
  shape: z.string().meta({ description: 'Id, as in the log' }),
  query: z.string().meta({ description: 'With ? for values and … for lists' }),
  operation: z.enum(QUERY_OPERATIONS),
  count,
  errors: count,
  slow: count.meta({ description: 'Slower than QUERY_SLOW_MS' }),
  rows: count.meta({ description: 'Given back or written, all together' }),
  totalMs: milliseconds,
  meanMs: milliseconds,
  maxMs: milliseconds,
  lastRoute: z.string().meta({ description: 'Route template; `background` for work without a request' }),
  lastAt: z.iso.datetime(),
  plan: z.object(plan).nullable().meta({ description: 'Made the first time it was slow, without running it again' }),
});

const stepExample = {
  depth: 0,
  node: 'Index Scan',
  relation: 'sessions',
  index: 'idx_sessions_created_desc',
  conditions: ['Index Cond: (workspace_id = ?::uuid)'],
  cost: 8.17,
  plannedRows: 50,
};

/** Answer of `GET /v1/dashboard/queries`. */
export const queriesOutput = z
  .object({
    since: z.iso.datetime().meta({ description: 'Start of the process' }),
    slowMs: milliseconds.meta({ description: 'QUERY_SLOW_MS' }),
    top: z.array(shape).meta({ description: 'What took the most time, all runs together; at most 20' }),
    named: z.array(z.object(named)).meta({ description: 'Queries whose plan can be asked for' }),
  })
  .meta({
    example: {
      since: '2026-01-31T08:30:00.000Z',
      slowMs: 100,
      top: [
        {
          shape: '3f2a91c70b1e',
          query: 'SELECT id, name FROM sessions WHERE workspace_id = ? ORDER BY created_at DESC LIMIT ?',
          operation: 'select',
          count: 120,
          errors: 0,
          slow: 1,
          rows: 6000,
          totalMs: 300,
          meanMs: 2.5,
          maxMs: 104.2,
          lastRoute: '/v1/sessions',
          lastAt: '2026-01-31T09:30:00.000Z',
          plan: { steps: [stepExample] },
        },
      ],
      named: [{ name: 'sessions.list', about: 'The newest sessions of the workspace' }],
    },
  });
export type QueriesOutput = z.infer<typeof queriesOutput>;

/** Answer of `GET /v1/dashboard/queries/{name}/plan`. */
export const queryPlanOutput = z.object({ ...named, query: z.string(), ...plan }).meta({
  example: {
    name: 'sessions.list',
    about: 'The newest sessions of the workspace',
    query: 'SELECT id, name FROM sessions WHERE workspace_id = ? ORDER BY created_at DESC LIMIT ?',
    steps: [{ ...stepExample, actual: { ms: 0.08, rows: 50, loops: 1, removedRows: 0, pagesHit: 4, pagesRead: 0 } }],
    planningMs: 0.21,
    executionMs: 0.12,
  },
});
