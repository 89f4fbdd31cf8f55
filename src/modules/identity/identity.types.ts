import { z } from 'zod';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';

/** The workspace that exists from the first migration on. */
export const DEFAULT_WORKSPACE_ID = '00000000-0000-7000-8000-000000000001';
/** Holds what rests on public facts alone; no key belongs to it. */
export const PUBLIC_WORKSPACE_ID = '00000000-0000-7000-8000-000000000000';

/** Admins of the first workspace run the installation. */
export const runsInstallation = ({ workspaceId }: { readonly workspaceId: string }): boolean =>
  workspaceId === DEFAULT_WORKSPACE_ID;

/** One line of the audit log: who did what to what. `details` holds no secret and no text of the caller's brief. */
export interface AuditRecord {
  readonly scope: WorkspaceScope;
  /** Key id, or `system` for what no caller asked for. */
  readonly actor: string;
  /** Verb of the past with its noun: `session.created`. */
  readonly action: string;
  /** What it was done to: `session/0190…`. */
  readonly subject: string;
  readonly sessionId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A stored audit line as callers may read it. */
export const auditEntryAnswer = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    actor: z.string().meta({ description: 'Id of a key, or `system`' }),
    action: z.string(),
    subject: z.string(),
    details: z.looseObject({}),
  })
  .meta({
    example: {
      id: '0190a0de-0000-7000-8000-000000000000',
      at: '2026-01-01T12:00:00.000Z',
      actor: 'key1',
      action: 'session.created',
      subject: 'session/0190a0de-0000-7000-8000-000000000000',
      details: {},
    },
  });
export type AuditEntry = z.infer<typeof auditEntryAnswer>;
