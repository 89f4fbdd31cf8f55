import { z } from 'zod';
import { COST_KINDS } from '../../shared/costs/costs.types.js';
import { money } from './statistics.schemas.js';

export const MOST_DAYS = 366;
/** Days that are shown when nobody says from when on, today among them. */
export const DEFAULT_DAYS = 30;

const day = z.iso
  .date('must be a day, such as 2026-01-31')
  .refine((text) => text >= '1970-01-01', 'must not be before 1970');

/** Query of `GET /v1/dashboard/costs`; costs-view.ts looks at both days together, with their defaults. */
export const costsQuery = z.strictObject({
  from: day.optional().meta({ description: `First day, in UTC; default ${DEFAULT_DAYS - 1} days before the last` }),
  to: day.optional().meta({ description: `Last day, in UTC; default today. At most ${MOST_DAYS} days` }),
});
export type CostsQuery = z.infer<typeof costsQuery>;

const sums = {
  calls: z.int().min(0).meta({ description: 'Paid calls to providers' }),
  cost: money,
  saved: money.meta({ description: 'What answers of the cache would have cost' }),
};
const sumsExample = {
  calls: 3,
  cost: { amount: '0.012300', currency: 'USD' },
  saved: { amount: '0.004100', currency: 'USD' },
};
const dearestFirst = 'The dearest first';

/** Answer of `GET /v1/dashboard/costs`. */
export const costsOutput = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    total: z.object(sums),
    byDay: z
      .array(z.object({ day: z.iso.date(), ...sums }))
      .meta({ description: 'Days of UTC with a cost or a saving, the oldest first' }),
    byModel: z
      .array(z.object({ kind: z.enum(COST_KINDS), model: z.string(), ...sums }))
      .meta({ description: `${dearestFirst}, at most 100; of searches the provider` }),
    byCategory: z
      .array(z.object({ category: z.string().nullable(), ...sums }))
      .meta({ description: `${dearestFirst}; null: for no single category of gaps` }),
    bySession: z
      .array(z.object({ sessionId: z.uuid(), ...sums }))
      .meta({ description: `${dearestFirst}, at most 50; also of sessions that were deleted since` }),
  })
  .meta({
    example: {
      from: '2026-01-02',
      to: '2026-01-31',
      total: sumsExample,
      byDay: [{ day: '2026-01-31', ...sumsExample }],
      byModel: [{ kind: 'llm', model: 'claude-sonnet-4-5', ...sumsExample }],
      byCategory: [{ category: 'queue-jobs', ...sumsExample }],
      bySession: [{ sessionId: '01939f4e-5c00-7000-8000-000000000001', ...sumsExample }],
    },
  });
export type CostsOutput = z.infer<typeof costsOutput>;
