import { z } from 'zod';
import { pageAnswer } from '../../http/pagination.js';
import { apiKeyInput, madeKeyAnswer } from './api-keys.schemas.js';

/** Body of `POST /v1/workspaces`. */
export const workspaceInput = z
  .strictObject({ name: apiKeyInput.shape.name.meta({ description: 'No two workspaces have the same name' }) })
  .meta({ example: { name: 'billing team' } });
export type WorkspaceInput = z.infer<typeof workspaceInput>;

const EXAMPLE = {
  id: '0190a0de-0000-7000-8000-000000000000',
  name: 'billing team',
  createdAt: '2026-01-01T12:00:00.000Z',
};

export const workspaceAnswer = z
  .object({ id: z.uuid(), name: z.string(), createdAt: z.iso.datetime() })
  .meta({ example: EXAMPLE });
export type WorkspaceAnswer = z.infer<typeof workspaceAnswer>;

export const madeWorkspaceAnswer = z
  .object({
    ...workspaceAnswer.shape,
    apiKey: madeKeyAnswer.meta({ description: 'The first admin key of the workspace' }),
  })
  .meta({ example: { ...EXAMPLE, apiKey: madeKeyAnswer.meta()?.example } });

export const workspacePage = pageAnswer(workspaceAnswer).meta({
  example: { items: [EXAMPLE], hasNext: false, nextCursor: null, prevCursor: null },
});
