import { z } from 'zod';

const ID = '01939f4e-5c00-7000-8000-000000000001';
const TIME = '2026-01-31T12:00:00.000Z';
const SHA = '83c65e74bf26d5b0a1f0c6f2b3f1f8f0e4a9b1c2d3e4f5a6b7c8d9e0f1a2b3c4';

export const documentAnswer = z
  .object({
    sessionId: z.uuid(),
    version: z.number().int(),
    createdAt: z.iso.datetime(),
    sha256: z.string().meta({ description: 'Of the canonical JSON of `body`: the same input gives the same hash' }),
    quality: z.looseObject({ total: z.number().nullable(), vector: z.record(z.string(), z.number()) }),
    rounds: z.array(z.looseObject({ round: z.number().int(), total: z.number().nullable() })),
    body: z.looseObject({ schemaVersion: z.literal(1), title: z.string() }),
  })
  .meta({
    example: {
      sessionId: ID,
      version: 1,
      createdAt: TIME,
      sha256: SHA,
      quality: { total: 91, vector: { citationIntegrity: 25 } },
      rounds: [{ round: 0, total: 91, repaired: [] }],
      body: { schemaVersion: 1, title: 'Order service' },
    },
  });

export const versionsAnswer = z
  .object({
    items: z.array(
      z.object({
        version: z.number().int(),
        run: z.number().int(),
        sha256: z.string(),
        quality: z.number().nullable(),
        createdAt: z.iso.datetime(),
      }),
    ),
  })
  .meta({
    example: { items: [{ version: 1, run: 1, sha256: SHA, quality: 91, createdAt: TIME }] },
  });

export const diffAnswer = z
  .object({
    from: z.number().int(),
    to: z.number().int(),
    changes: z.array(
      z.object({
        section: z.string(),
        item: z.string(),
        kind: z.enum(['added', 'removed', 'changed']),
        before: z.string().optional(),
        after: z.string().optional(),
      }),
    ),
    markdown: z.string(),
  })
  .meta({
    example: {
      from: 1,
      to: 2,
      changes: [{ section: 'requirements', item: 'R-010', kind: 'added', after: 'The service shall …' }],
      markdown: '## requirements\n',
    },
  });

export const adrsAnswer = z
  .object({ items: z.array(z.object({ file: z.string(), title: z.string(), markdown: z.string() })) })
  .meta({
    example: { items: [{ file: '0001-queue-jobs.md', title: 'Queue of the background jobs', markdown: '# …' }] },
  });

/** The document's answers by media type, since one schema does not fit all three. */
export const DOCUMENT_CONTENT = {
  'application/json': {
    schema: z.toJSONSchema(documentAnswer, { target: 'openapi-3.0' }) as object,
    example: documentAnswer.meta()?.example,
  },
  'text/markdown': { schema: { type: 'string' as const }, example: '# Technical requirements: Order service\n' },
  'text/html': { schema: { type: 'string' as const }, example: '<!doctype html>\n<html lang="en">…</html>\n' },
};
