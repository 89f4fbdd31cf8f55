import { z } from 'zod';

export const sha256Param = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits (SHA-256)');

/** Either a quote, or a pointer with its value. */
export const checkQuery = z
  .object({
    quote: z.string().min(1).max(4_000).optional(),
    pointer: z
      .string()
      .max(1_000)
      .regex(/^(\/.*)?$/s, 'must be empty or begin with / (RFC 6901)')
      .optional(),
    value: z
      .string()
      .max(4_000)
      .optional()
      .meta({ description: 'The value at the pointer: as JSON, or as plain text' }),
    subject: z.string().min(1).max(214).optional().meta({ description: 'Package the claim speaks of' }),
    version: z.string().min(1).max(64).optional().meta({ description: 'Version of that package' }),
  })
  .superRefine((query, context) => {
    const mistake = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
    if (query.quote === undefined && query.pointer === undefined) mistake('quote', 'give quote, or pointer and value');
    if (query.quote !== undefined && query.pointer !== undefined) mistake('pointer', 'give quote or pointer, not both');
    if (query.pointer !== undefined && query.value === undefined) mistake('value', 'is needed beside pointer');
    if (query.version !== undefined && query.subject === undefined) mistake('subject', 'is needed beside version');
  });
export type CheckQuery = z.infer<typeof checkQuery>;

export const checkAnswer = z
  .object({
    sha256: z.string(),
    title: z.string(),
    verdict: z.enum(['found', 'misattributed', 'stitched', 'not-found']),
    supports: z.boolean().meta({ description: 'true for `found` alone' }),
  })
  .meta({
    example: {
      sha256: '3895f10fdb0e3a4cb8d3c1a6f3c49a5c8e7f3bd0a1c2d3e4f5061728394a5b6c',
      title: 'record pg-boss 12.38.0',
      verdict: 'found',
      supports: true,
    },
  });
