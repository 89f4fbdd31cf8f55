import { z } from 'zod';
import { idParam } from '../../http/id-param.js';
import { pageAnswer, pageQuery } from '../../http/pagination.js';
import { CONFIDENCES } from './code-analyses.types.js';
import { codeAnalysisErrors } from './code-analyses.errors.js';
import { LEFT_OUT_REASONS } from './intake/intake.types.js';

const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** Of `@Param('id')`. */
export const ANALYSIS_ID = { schema: idParam(UUID, codeAnalysisErrors.unknown) };

/** Code as JSON; limits of number and size are those of the intake. */
export const filesBody = z
  .strictObject({
    files: z
      .array(
        z.strictObject({
          path: z.string().min(1, 'must name a file').meta({ description: 'Relative to the root, parts joined by /' }),
          content: z.string().meta({ description: 'At most 5 MB' }),
        }),
      )
      .min(1, 'must have at least one file')
      .meta({ description: 'At most 2,000, 20 MB together' }),
  })
  .meta({
    example: {
      files: [
        { path: 'package.json', content: '{ "name": "shop", "dependencies": { "express": "5.2.1" } }' },
        { path: 'src/app.js', content: "const app = require('express')();\napp.get('/orders', list);\n" },
      ],
    },
  });

const EXAMPLE_ID = '0190a0de-0000-7000-8000-000000000000';

export const analysisAnswer = z
  .object({
    id: z.uuid(),
    status: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
    contentSha256: z.string().meta({ description: 'Of the analysed paths and contents: the same for the same code' }),
    files: z.int().meta({ description: 'Analysed files' }),
    bytes: z.int(),
    filesByType: z.record(z.string(), z.int()).meta({ description: 'Files by language, as linguist names it' }),
    leftOut: z.partialRecord(z.enum(LEFT_OUT_REASONS), z.int()).meta({ description: 'Files left out, by reason' }),
    leftOutFiles: z
      .array(z.object({ path: z.string(), reason: z.enum(LEFT_OUT_REASONS) }))
      .meta({ description: 'The first 100 of them that are no dependencies of the project' }),
    endpoints: z.int().optional().meta({ description: 'When completed' }),
    skipped: z
      .array(z.object({ file: z.string(), reason: z.string() }))
      .optional()
      .meta({ description: 'When completed: files that could not be parsed' }),
    job: z.string().meta({ description: 'Address of the job' }),
    createdAt: z.iso.datetime(),
    completedAt: z.iso.datetime().optional(),
  })
  .meta({
    example: {
      id: EXAMPLE_ID,
      status: 'completed',
      contentSha256: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
      files: 2,
      bytes: 112,
      filesByType: { JSON: 1, JavaScript: 1 },
      leftOut: { generated: 1, vendored: 840 },
      leftOutFiles: [{ path: 'package-lock.json', reason: 'generated' }],
      endpoints: 1,
      skipped: [],
      job: `/v1/jobs/${EXAMPLE_ID}`,
      createdAt: '2026-01-01T12:00:00.000Z',
      completedAt: '2026-01-01T12:00:01.000Z',
    },
  });
export type AnalysisAnswer = z.infer<typeof analysisAnswer>;

export const analysisAccepted = z
  .object({
    id: z.uuid().meta({ description: 'Of the job' }),
    status: z.string(),
    location: z.string(),
    analysisId: z.uuid(),
  })
  .meta({
    example: { id: EXAMPLE_ID, status: 'queued', location: `/v1/jobs/${EXAMPLE_ID}`, analysisId: EXAMPLE_ID },
  });
export type AnalysisAccepted = z.infer<typeof analysisAccepted>;

export const stackAnswer = z
  .object({
    items: z.array(
      z.looseObject({
        name: z.string(),
        kind: z.enum(['technology', 'dependency', 'language']),
        file: z.string(),
        line: z.int(),
        words: z.string(),
      }),
    ),
  })
  .meta({
    example: {
      items: [
        {
          name: 'express',
          kind: 'dependency',
          file: 'package.json',
          line: 1,
          words: '"express": "5.2.1"',
          version: '5.2.1',
        },
      ],
    },
  });

const endpoint = z.object({
  method: z.string(),
  path: z.string(),
  params: z.array(z.looseObject({ name: z.string(), in: z.string() })),
  file: z.string(),
  line: z.int(),
  framework: z.string(),
  confidence: z.enum(CONFIDENCES),
  via: z.array(z.looseObject({})).meta({ description: 'Where parts of the path are set' }),
});

export const endpointsQuery = pageQuery
  .extend({
    method: z
      .string()
      .regex(/^[A-Z]{2,16}$/, 'must be a method in upper case, such as GET')
      .optional(),
    framework: z
      .string()
      .regex(/^[\w.+-]{1,60}$/, 'must be the name of a framework, such as express')
      .optional(),
  })
  .strict();
export type EndpointsQuery = z.infer<typeof endpointsQuery>;

export const endpointsAnswer = pageAnswer(endpoint).meta({
  example: {
    items: [
      {
        method: 'GET',
        path: '/orders/{id}',
        params: [{ name: 'id', in: 'path' }],
        file: 'src/app.js',
        line: 2,
        framework: 'express',
        confidence: 'high',
        via: [],
      },
    ],
    hasNext: false,
    nextCursor: null,
    prevCursor: null,
  },
});
