import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';
import { IdempotencyService } from '../../shared/idempotency/idempotency.service.js';
import { WorkflowEngine, type WorkflowState } from '../../shared/workflow/workflow-engine.js';
import { SessionLifecycle, workflowId } from './session-lifecycle.js';
import { SessionsRepository, type ActiveWork } from './sessions.repository.js';

/** A session that was touched more recently is left alone: its workflow may be between two transactions. */
const IDLE_MS = 5_000;
const BATCH = 1000;
/** After so many restarts of a run the work is taken for poison and set aside. */
const MAX_RESTARTS = 5;

/**
 * Compares our rows with the engine's: what a row says is under way, but no workflow does, is started anew with the next
 * attempt. That happens after a deploy that changed the workflows, after a workflow ended by an error nobody could
 * record, and after rows of the engine were lost.
 */
@Injectable()
export class SessionReconciler implements OnModuleInit {
  private readonly log = new Logger('sessions');

  constructor(
    private readonly engine: WorkflowEngine,
    private readonly sessions: SessionsRepository,
    private readonly lifecycle: SessionLifecycle,
    private readonly idempotency: IdempotencyService,
  ) {}

  onModuleInit(): void {
    this.engine.onReconcile(async () => {
      await this.reconcile();
      await this.idempotency.sweep();
    });
  }

  /** Gives how many sessions were started anew or set aside. */
  async reconcile(idleMs = IDLE_MS): Promise<number> {
    const active = await this.sessions.idleActive(idleMs, BATCH);
    if (active.length === 0) return 0;
    const states = await this.engine.states(active.map(workflowId));
    let mended = 0;
    for (const work of active) {
      if (isAlive(states.get(workflowId(work)))) continue;
      if (await this.mend(work)) mended += 1;
    }
    return mended;
  }

  private async mend(work: ActiveWork): Promise<boolean> {
    const scope = mintWorkspaceScope(work.workspaceId);
    const mended = await this.sessions.locked(scope, work.id, async (manager, head) => {
      // It went on between the question and the lock: its new workflow is not the one we asked for.
      if (!head || workflowId(head) !== workflowId(work)) return undefined;
      if (head.status !== 'queued' && head.status !== 'running') return undefined;
      const before = head.state.restarts?.run === head.run ? head.state.restarts.count : 0;
      const poison = before >= MAX_RESTARTS;
      const restarts = { run: head.run, count: before + 1 };
      await this.sessions.saveState(manager, scope, head.id, { ...head.state, restarts });
      await this.lifecycle.transition(manager, scope, head, poison ? 'fail' : 'restart', {
        actor: 'system',
        details: { attempt: head.attempt },
        ...(poison ? { error: POISON } : {}),
      });
      return poison ? 'failed' : 'restarted';
    });
    if (mended)
      this.log.warn({ session: work.id, phase: work.phase, attempt: work.attempt }, `lost work was ${mended}`);
    return mended !== undefined;
  }
}

const POISON = {
  code: 'too_many_restarts',
  message: `The session did not get through in ${MAX_RESTARTS} restarts; the log has the reasons. POST …/rerun tries again.`,
};

function isAlive(state: WorkflowState | undefined): boolean {
  return state === 'queued' || state === 'running';
}
