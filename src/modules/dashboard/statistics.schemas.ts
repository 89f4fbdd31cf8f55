import { z } from 'zod';
import { SESSION_STATUSES } from '../sessions/sessions.types.js';

const HOUR_MS = 3_600_000;
const GRAINS = ['hour', 'day', 'month'] as const;
/** Stands for sessions that name no model. */
export const NO_MODEL = 'none';

const words = (max: number) => z.string().trim().min(1, 'must not be empty').max(max);

/** A moment of ISO 8601 that is a whole hour; a date alone is its midnight in UTC. */
const wholeHour = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a date or a time in ISO 8601 with its zone, such as 2026-01-31 or 2026-01-31T14:00:00Z',
  })
  .refine((text) => Date.parse(text) % HOUR_MS === 0, {
    error: ({ input }) =>
      `must be a whole hour, as sessions are counted by hours: ${nearest(String(input))}; GET /v1/sessions lists them by any time`,
  })
  .refine((text) => Date.parse(text) >= 0, 'must not be before 1970');

function nearest(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return 'such as 2026-01-31T14:00:00Z';
  const hour = (ms: number) => new Date(ms).toISOString().replace('.000', '');
  const before = Math.floor(at / HOUR_MS) * HOUR_MS;
  return `${hour(before)} or ${hour(before + HOUR_MS)}`;
}

/** Query of `GET /v1/dashboard/stats`. */
export const statisticsQuery = z
  .strictObject({
    status: z.enum(SESSION_STATUSES).optional().meta({ description: 'Sessions that are in it now' }),
    model: words(100)
      .optional()
      .meta({ description: `Sessions that name it; \`${NO_MODEL}\`: that name none` }),
    projectType: words(200).optional().meta({ description: 'In any case and spacing' }),
    from: wholeHour.optional().meta({
      description: 'Made from then on: a whole hour, or a date for its midnight in UTC',
      example: '2026-01-01',
    }),
    to: wholeHour.optional().meta({ description: 'Made before then', example: '2026-02-01T00:00:00Z' }),
    bucket: z.enum(GRAINS).optional().meta({
      description: 'Period of the time buckets; by default hours of two days, days of three months, else months',
    }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be after from',
  });
export type StatisticsQuery = z.infer<typeof statisticsQuery>;

const count = z.int().min(0);
export const money = z
  .object({ amount: z.string().meta({ description: 'To a millionth' }), currency: z.literal('USD') })
  .meta({ example: { amount: '0.012300', currency: 'USD' } });
const byStatus = z.object(
  Object.fromEntries(SESSION_STATUSES.map((status) => [status, count])) as Record<
    (typeof SESSION_STATUSES)[number],
    typeof count
  >,
);
const time = z.iso.datetime();

const noStatus = Object.fromEntries(SESSION_STATUSES.map((status) => [status, 0]));
const statusExample = { ...noStatus, completed: 40, failed: 2 };

/** Answer of `GET /v1/dashboard/stats`. */
export const statisticsOutput = z
  .object({
    filter: z
      .object({
        status: z.enum(SESSION_STATUSES).nullable(),
        model: z.string().nullable(),
        projectType: z.string().nullable(),
        from: time.nullable(),
        to: time.nullable(),
      })
      .meta({ description: 'What was asked for; null: not filtered by it' }),
    sessions: z.object({
      total: count,
      byStatus: byStatus.meta({ description: 'By the status they are in now' }),
      byModel: z
        .array(
          z.object({ model: z.string().nullable().meta({ description: 'null: none was named' }), sessions: count }),
        )
        .meta({ description: 'The most frequent 50, most sessions first' }),
      ofOtherModels: count.meta({ description: 'Sessions of all other models' }),
      byProjectType: z
        .array(z.object({ projectType: z.string(), sessions: count }))
        .meta({ description: 'In lower case; the most frequent 50, most sessions first' }),
      ofOtherProjectTypes: count,
    }),
    durations: z
      .object({
        sessions: count.meta({
          description: 'That are over, so have a duration: from the start of their last run to its end',
        }),
        p50Ms: z.number().nullable(),
        p95Ms: z.number().nullable(),
        maxErrorPercent: z.number().meta({ description: 'Percentiles come from a histogram: how far they can be off' }),
      })
      .meta({ description: 'Waiting for people is part of a duration' }),
    quality: z
      .object({
        documents: count.meta({ description: 'Newest documents that have a score' }),
        mean: z.number().nullable(),
        byTen: z.array(count).meta({ description: 'Documents with 0-9, 10-19 … 90-100 points' }),
      })
      .meta({ description: 'Points of the newest document of each session, 0-100' }),
    gaps: z
      .object({ toResearch: count, decided: count, decidedByPeople: count })
      .meta({ description: 'Of the last run of each session' }),
    research: z
      .object({
        answered: count.meta({ description: 'Gaps with an answer, also from the cache' }),
        failed: count.meta({ description: 'Gaps that no source could answer' }),
        options: count.meta({ description: 'Options that were found' }),
      })
      .meta({ description: 'Of the last run of each session' }),
    cache: z.object({
      gapsFromCache: count,
      hitRatePercent: z.number().nullable().meta({ description: 'Of the answered gaps' }),
      saved: money.meta({ description: 'What answers of the cache would have cost' }),
    }),
    cost: money.meta({ description: 'Paid for these sessions, all their runs together' }),
    buckets: z.object({
      unit: z.enum(GRAINS),
      items: z.array(z.object({ from: time, to: time, sessions: count, byStatus })).meta({
        description:
          'Sessions by the time they were made, by the status they are in now; the oldest first, without a gap',
      }),
    }),
  })
  .meta({
    example: {
      filter: { status: null, model: null, projectType: null, from: '2026-01-31T00:00:00.000Z', to: null },
      sessions: {
        total: 42,
        byStatus: statusExample,
        byModel: [
          { model: null, sessions: 30 },
          { model: 'claude-sonnet-4-5', sessions: 12 },
        ],
        ofOtherModels: 0,
        byProjectType: [{ projectType: 'web service', sessions: 42 }],
        ofOtherProjectTypes: 0,
      },
      durations: { sessions: 42, p50Ms: 1842.6, p95Ms: 6105.1, maxErrorPercent: 5 },
      quality: { documents: 40, mean: 91.5, byTen: [0, 0, 0, 0, 0, 0, 0, 1, 9, 30] },
      gaps: { toResearch: 400, decided: 390, decidedByPeople: 12 },
      research: { answered: 396, failed: 4, options: 1620 },
      cache: { gapsFromCache: 240, hitRatePercent: 60.6, saved: { amount: '0.000000', currency: 'USD' } },
      cost: { amount: '0.000000', currency: 'USD' },
      buckets: {
        unit: 'hour',
        items: [
          { from: '2026-01-31T00:00:00.000Z', to: '2026-01-31T01:00:00.000Z', sessions: 42, byStatus: statusExample },
        ],
      },
    },
  });
export type StatisticsOutput = z.infer<typeof statisticsOutput>;
