import type { WorkspaceScope } from '../shared/database/workspace-scope.js';

/** What a key may do; each role holds the rights of those before it. */
export const KEY_ROLES = ['viewer', 'operator', 'admin'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** Who asks, set by the identity guard on every route that is not public. */
export interface RequestIdentity {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly role: KeyRole;
  /** The right to touch the rows of the caller's workspace. */
  readonly scope: WorkspaceScope;
}

/** Whether `role` holds the rights of `needed`. */
export function holds(role: KeyRole, needed: KeyRole): boolean {
  return KEY_ROLES.indexOf(role) >= KEY_ROLES.indexOf(needed);
}
