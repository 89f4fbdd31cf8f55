import { z } from 'zod';
import { isTag } from '../../shared/cache/cache-key.js';
import { CACHE_REGION_NAMES, type CacheRegionName, CACHE_REGIONS } from '../../shared/cache/cache-regions.js';

const MOST_TAGS = 100;
/** Redis matches by backtracking: each wildcard beyond multiplies its time by the length of the name. */
const MOST_WILDCARDS = 2;
const LONGEST_KEY = 1000;

const name = z.string().min(1, 'must not be empty').max(LONGEST_KEY, `may have ${LONGEST_KEY} characters`);

const region = z.enum(CACHE_REGION_NAMES, {
  error: `is no region of the cache; there are ${CACHE_REGION_NAMES.join(', ')}`,
});

/** Body of `POST /v1/cache/invalidate`: exactly one of key (in a region), pattern (in a region) and tags. */
export const invalidationInput = z
  .strictObject({
    region: region.optional().meta({ description: 'With key or pattern: where to look' }),
    key: name.optional().meta({ description: 'The readable part of one key' }),
    pattern: name
      .refine((pattern) => pattern.split(/\*+/).length <= MOST_WILDCARDS + 1, `may have ${MOST_WILDCARDS} wildcards`)
      .optional()
      .meta({ description: 'The readable part of keys, with * for any characters' }),
    tags: z
      .array(z.string().min(1, 'must not be empty').refine(isTag, 'may have 512 bytes'))
      .min(1, 'must have at least one tag')
      .max(MOST_TAGS, `may have ${MOST_TAGS} tags`)
      .optional()
      .meta({ description: 'Entries with one of these tags, in all regions' }),
    public: z
      .boolean()
      .optional()
      .meta({ description: 'Also values that rest on public facts alone and that all workspaces share; role admin' }),
  })
  .superRefine((input, context) => {
    const mistake = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const [first, ...more] = (['key', 'pattern', 'tags'] as const).filter((name) => input[name] !== undefined);
    if (first === undefined) mistake([], 'must hold one of { region, key }, { region, pattern } and { tags }');
    for (const name of more) mistake([name], `cannot be combined with ${first}: send two calls`);
    if (first === 'tags' && input.region !== undefined) mistake(['region'], 'tags reach all regions: leave it out');
    if (first !== undefined && first !== 'tags' && input.region === undefined)
      mistake(['region'], `is missing: a ${first} belongs to one region`);
    const problem = sharing(input.region, input.public === true);
    if (problem !== undefined) mistake(['public'], problem);
  })
  .meta({ example: { tags: ['package:bullmq'] } });
export type InvalidationInput = z.infer<typeof invalidationInput>;

/** Answers of the catalogue are the same for all workspaces, although others of this region are not. */
const PARTLY_PUBLIC = 'httpResponses';

function sharing(name: CacheRegionName | undefined, wanted: boolean): string | undefined {
  if (name === undefined || name === PARTLY_PUBLIC) return undefined;
  const { scope } = CACHE_REGIONS[name];
  if (scope === 'public' && !wanted) return `must be true: what ${name} holds is shared by all workspaces`;
  if (scope !== 'public' && wanted) return `must be left out: ${name} holds values of single workspaces`;
  return undefined;
}

export const invalidationOutput = z
  .object({ invalidated: z.int().min(0).meta({ description: 'Values that were there' }) })
  .meta({ example: { invalidated: 3 } });

const count = z.int().min(0);
const money = z.object({ amount: z.string(), currency: z.literal('USD') });

const counts = {
  hits: z.object({ l1: count, l2: count }).meta({ description: 'By tier: l1 in this process, l2 in Redis' }),
  stale: count.meta({ description: 'Answered by a value in its grace' }),
  misses: count,
  coalesced: count.meta({ description: 'Waited for a load that another caller had begun' }),
  errors: count.meta({ description: 'Loads and operations of the second tier that failed; an error is not a miss' }),
  bypassed: count.meta({ description: 'Values that were returned but could not be stored' }),
  invalidations: count,
  hitRatePercent: z.number().min(0).max(100),
  loads: count,
  loadTimeMs: z.number().min(0),
  latencySavedMs: z.number().min(0),
  costSaved: money,
};

const countsExample = {
  hits: { l1: 80, l2: 10 },
  stale: 0,
  misses: 8,
  coalesced: 2,
  errors: 0,
  bypassed: 0,
  invalidations: 1,
  hitRatePercent: 90,
  loads: 8,
  loadTimeMs: 400,
  latencySavedMs: 4500,
  costSaved: { amount: '0.750000', currency: 'USD' },
};

/** Answer of `GET /v1/dashboard/cache`. */
export const cacheOutput = z
  .object({
    since: z.iso.datetime().meta({ description: 'Start of the process or the last reset' }),
    firstTier: z.object({ entries: count, bytes: count, maxBytes: count }),
    secondTier: z.object({
      state: z
        .enum(['off', 'up', 'away'])
        .meta({ description: '`off` without REDIS_URL; `away`: passed over until it is back' }),
    }),
    regions: z.array(
      z.object({
        region,
        scope: z.enum(['workspace', 'public']),
        ttlSeconds: z.number().min(0).meta({ description: 'In force now' }),
        ttlReason: z.string(),
        entries: count.meta({ description: 'Values in this process' }),
        bytes: count,
        ...counts,
      }),
    ),
    endpoints: z.array(z.object({ endpoint: z.string().meta({ description: 'Route template or caller' }), ...counts })),
  })
  .meta({
    example: {
      since: '2026-01-31T08:30:00.000Z',
      firstTier: { entries: 40, bytes: 81920, maxBytes: 67108864 },
      secondTier: { state: 'up' },
      regions: [
        {
          region: 'httpResponses',
          scope: 'workspace',
          ttlSeconds: 300,
          ttlReason: 'as configured',
          entries: 40,
          bytes: 81920,
          ...countsExample,
        },
      ],
      endpoints: [{ endpoint: '/v1/criteria', ...countsExample }],
    },
  });
export type CacheOutput = z.infer<typeof cacheOutput>;

export const resetOutput = z
  .object({ since: z.iso.datetime().meta({ description: 'From when on is counted' }) })
  .meta({ example: { since: '2026-01-31T09:30:00.000Z' } });
