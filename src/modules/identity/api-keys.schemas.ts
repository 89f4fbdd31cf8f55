import { z } from 'zod';
import { pageAnswer } from '../../http/pagination.js';
import { idParam } from '../../http/id-param.js';
import { KEY_ROLES } from '../../http/request-identity.js';
import { AppError } from '../../shared/errors/app-error.js';

const label = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');

export const apiKeyUnknown = () => new AppError('not-found', 'api_key_not_found', 'There is no such API key.');

export const API_KEY_ID = { schema: idParam(/^[A-Za-z0-9]{8,32}$/, apiKeyUnknown) };

/** Body of `POST /v1/api-keys`. */
export const apiKeyInput = z
  .strictObject({
    name: label(100).meta({ description: 'What it is for; shown in lists' }),
    role: z
      .enum(KEY_ROLES)
      .meta({ description: 'viewer reads, operator also starts and steers work, admin also manages' }),
  })
  .meta({ example: { name: 'build server', role: 'operator' } });
export type ApiKeyInput = z.infer<typeof apiKeyInput>;

const EXAMPLE = {
  id: '4f1c02b79ad3e6f8',
  name: 'build server',
  role: 'operator',
  createdAt: '2026-01-01T12:00:00.000Z',
  revokedAt: null,
} as const;

const shape = {
  id: z.string().meta({ description: 'No secret: it is the first half of the key, and named in logs and the audit' }),
  name: z.string(),
  role: z.enum(KEY_ROLES),
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable().meta({ description: 'Null while it is valid' }),
};

export const apiKeyAnswer = z.object(shape).meta({ example: EXAMPLE });
export type ApiKeyAnswer = z.infer<typeof apiKeyAnswer>;

export const madeKeyAnswer = z
  .object({
    ...shape,
    key: z
      .string()
      .nullable()
      .meta({ description: 'The whole key, told once; null in a replayed answer, since it is kept nowhere' }),
  })
  .meta({ example: { ...EXAMPLE, key: 'tsk_4f1c02b79ad3e6f8.…' } });

export const apiKeyPage = pageAnswer(apiKeyAnswer).meta({
  example: { items: [EXAMPLE], nextCursor: null, prevCursor: null, hasNext: false },
});
