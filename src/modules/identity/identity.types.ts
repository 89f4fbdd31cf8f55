import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';

/** The workspace that exists from the first migration on. */
export const DEFAULT_WORKSPACE_ID = '00000000-0000-7000-8000-000000000001';
/** Holds what rests on public facts alone; no key belongs to it. */
export const PUBLIC_WORKSPACE_ID = '00000000-0000-7000-8000-000000000000';

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
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}
