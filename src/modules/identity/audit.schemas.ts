import { z } from 'zod';
import { instant } from '../../http/instant.js';
import { pageAnswer, pageQuery } from '../../http/pagination.js';
import { auditEntryAnswer } from './identity.types.js';

/** Query of `GET /v1/audit`. */
export const auditQuery = pageQuery
  .extend({
    sessionId: z.uuid({ error: 'must be the id of a session, a UUID' }).optional(),
    after: instant.optional().meta({ description: 'Lines written after this time' }),
    before: instant.optional().meta({ description: 'Lines written before this time' }),
  })
  .strict();
export type AuditQuery = z.infer<typeof auditQuery>;

export const auditPage = pageAnswer(auditEntryAnswer).meta({
  example: { items: [auditEntryAnswer.meta()?.example], hasNext: false, nextCursor: null, prevCursor: null },
});
