import { z } from 'zod';
import { DEFAULT_CRITERIA } from './criteria/default-criteria.js';
import { CRITERION_IDS, type Criterion } from './research.types.js';

const TOLERANCE = 0.001;

const text = (longest: number) => z.string().trim().min(1).max(longest);

const criterionInput = z.strictObject({
  id: z.enum(CRITERION_IDS),
  weight: z.number().min(0).max(1),
  name: text(80).optional(),
  why: text(500).optional(),
  scale: z
    .string()
    .optional()
    .meta({ description: 'May be sent back as it was read; values are computed, so it cannot be changed' }),
});

/** Body of `PUT /v1/criteria`: all seven criteria once, weights that sum to 1 (±0.001). */
export const criteriaInput = z
  .strictObject({
    version: z.int().optional().meta({ description: 'Ignored; If-Match says which version is replaced' }),
    criteria: z.array(criterionInput).max(50),
  })
  .superRefine(({ criteria }, context) => {
    const mistake = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    criteria.forEach(({ id, scale }, index) => {
      const first = criteria.findIndex((other) => other.id === id);
      if (first < index) mistake(['criteria', index, 'id'], `${id} is given twice`);
      if (scale !== undefined && scale !== builtIn(id).scale) {
        mistake(['criteria', index, 'scale'], `the scale of ${id} is computed by the product and cannot be changed`);
      }
    });
    const missing = CRITERION_IDS.filter((id) => !criteria.some((criterion) => criterion.id === id));
    if (missing.length > 0)
      mistake(['criteria'], `${missing.join(', ')} missing; a criterion is switched off by weight 0`);
    const sum = criteria.reduce((total, { weight }) => total + weight, 0);
    if (Math.abs(sum - 1) > TOLERANCE) mistake(['criteria'], `the weights sum to ${round(sum)}, they must sum to 1`);
  })
  .meta({ example: { criteria: DEFAULT_CRITERIA.criteria.map(({ id, weight }) => ({ id, weight })) } });
export type CriteriaInput = z.infer<typeof criteriaInput>;

export const criteriaOutput = z
  .object({
    version: z.int(),
    criteria: z.array(
      z.object({
        id: z.enum(CRITERION_IDS),
        name: z.string(),
        weight: z.number(),
        scale: z.string(),
        why: z.string(),
      }),
    ),
  })
  .meta({ example: DEFAULT_CRITERIA });

/** The criteria as they are stored: built-in texts where the caller gave none, in the fixed order. */
export function criteriaOf(input: CriteriaInput): Criterion[] {
  return DEFAULT_CRITERIA.criteria.map((standard) => {
    const given = input.criteria.find(({ id }) => id === standard.id);
    return {
      ...standard,
      ...(given && { weight: given.weight }),
      ...(given?.name !== undefined && { name: given.name }),
      ...(given?.why !== undefined && { why: given.why }),
    };
  });
}

function builtIn(id: Criterion['id']): Criterion {
  const found = DEFAULT_CRITERIA.criteria.find((criterion) => criterion.id === id);
  if (found === undefined) throw new Error(`no default for ${id}`);
  return found;
}

const round = (value: number) => Math.round(value * 1000) / 1000;
