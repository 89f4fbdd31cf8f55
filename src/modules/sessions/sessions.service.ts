import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { WorkflowEngine } from '../../shared/workflow/workflow-engine.js';
import { EvidenceService, evidenceTag } from '../research/evidence.service.js';
import { SessionChanges } from './session-changes.js';
import { SessionLifecycle, workflowId } from './session-lifecycle.js';
import { SessionStore } from './session-store.js';
import { deleteWhileActive, sessionUnknown } from './sessions.errors.js';
import type { SessionHead } from './sessions.types.js';
import type { Action } from './transitions.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Who asks: the scope of the workspace and the key id, which the audit log names. */
export interface Caller {
  readonly scope: WorkspaceScope;
  readonly keyId: string;
}

/**
 * What people do to a session. Each call is one transaction that locks the row first, so two of them at once are two after
 * each other: the second one finds the new status and is answered by the table of transitions.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionStore,
    private readonly lifecycle: SessionLifecycle,
    private readonly engine: WorkflowEngine,
    private readonly evidence: EvidenceService,
    private readonly changes: SessionChanges,
  ) {}

  /** Takes effect at the next node: what is in flight may still store its result. */
  pause(caller: Caller, id: string): Promise<SessionHead> {
    return this.act(caller, id, 'pause');
  }

  /** Continues a paused session, or approves the plan of one that waits for that. */
  resume(caller: Caller, id: string): Promise<SessionHead> {
    return this.locked(caller, id, async (manager, head) => {
      if (head.status !== 'awaiting_plan') return this.transition(manager, caller, head, 'resume');
      const state = { ...head.state, planApproved: true };
      await this.store.sessions.saveState(manager, caller.scope, id, state);
      return this.transition(manager, caller, { ...head, state }, 'approvePlan');
    });
  }

  async cancel(caller: Caller, id: string): Promise<SessionHead> {
    const head = await this.act(caller, id, 'cancel');
    // After the commit: the fence keeps a step in flight from writing, this only saves its work.
    await this.engine.cancel(workflowId(head));
    return head;
  }

  /** A new run of a session that is over; facts that are still fresh are not fetched again. */
  rerun(caller: Caller, id: string): Promise<SessionHead> {
    return this.act(caller, id, 'rerun');
  }

  /**
   * Removes the session with all its rows and empties the evidence that nothing else uses.
   * @throws AppError 409 `session_active` while it is queued or running
   */
  async remove(caller: Caller, id: string): Promise<void> {
    const removed = await this.locked(caller, id, async (manager, head) => {
      if (head.status === 'queued' || head.status === 'running') throw deleteWhileActive(head.status);
      const { scope } = caller;
      const orphans = await this.store.links.onlyUsedBy(manager, scope, id);
      await this.store.sessions.delete(manager, scope, id);
      await this.evidence.remove(scope, orphans, caller.keyId, manager);
      await this.lifecycle.recordRemoval(manager, scope, id, { actor: caller.keyId, evidence: orphans.length });
      return orphans;
    });
    await this.changes.changed(caller.scope, id, removed.map(evidenceTag));
  }

  private act(caller: Caller, id: string, action: Action): Promise<SessionHead> {
    return this.locked(caller, id, (manager, head) => this.transition(manager, caller, head, action));
  }

  private transition(manager: EntityManager, caller: Caller, head: SessionHead, action: Action): Promise<SessionHead> {
    return this.lifecycle.transition(manager, caller.scope, head, action, { actor: caller.keyId });
  }

  private async locked<T>(
    { scope }: Caller,
    id: string,
    work: (manager: EntityManager, head: SessionHead) => Promise<T>,
  ): Promise<T> {
    if (!UUID.test(id)) throw sessionUnknown();
    return this.store.sessions.locked(scope, id, async (manager, head) => {
      if (!head) throw sessionUnknown();
      return work(manager, head);
    });
  }
}
