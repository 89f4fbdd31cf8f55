import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../shared/clock/clock.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { WorkflowMetrics } from '../../shared/metrics/workflow.metrics.js';
import { WorkflowEngine } from '../../shared/workflow/workflow-engine.js';
import { AuditService } from '../identity/audit.service.js';
import { ActiveSessions } from './active-sessions.js';
import { wrongState } from './sessions.errors.js';
import { SessionsRepository, type NewSession, type StatusChange } from './sessions.repository.js';
import { PHASES, type Phase, type PhaseInput, type SessionHead } from './sessions.types.js';
import { allows, isTerminal, TRANSITIONS, type Action, type TransitionRule } from './transitions.js';

/** Queue of the three phase workflows. */
export const SESSIONS_QUEUE = 'sessions';

export interface TransitionContext {
  /** Key id of a person, or `system`. */
  readonly actor: string;
  /** What the event and the audit row say beside the statuses; small, no text of the brief. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Name of a phase's workflow as the engine knows it. */
export function workflowName(phase: Phase): string {
  return `session.${phase}`;
}

/** Unique for ever per attempt of a phase of a run, so that starting it twice is starting it once. */
export function workflowId(head: Pick<SessionHead, 'id' | 'run' | 'phase' | 'attempt'>): string {
  return `${head.id}:${head.run}:${head.phase}:${head.attempt}`;
}

/** What a change of status asks beside the rows. */
@Injectable()
export class LifecycleSources {
  constructor(
    readonly clock: Clock,
    readonly active: ActiveSessions,
  ) {}
}

/**
 * The one place that changes the status of a session. Change, event, audit row and, where the table says so, the
 * start of the next workflow are one transaction: after a kill -9 either all of them are there or none.
 */
@Injectable()
export class SessionLifecycle {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly audit: AuditService,
    private readonly engine: WorkflowEngine,
    private readonly metrics: WorkflowMetrics,
    private readonly sources: LifecycleSources,
  ) {}

  /**
   * Takes `action` on a session whose row the caller has locked in `manager`'s transaction (or has just inserted).
   * @throws AppError 409 `session_state` when the table does not allow it, 429 `too_many_active_sessions`
   */
  async transition(
    manager: EntityManager,
    scope: WorkspaceScope,
    head: SessionHead,
    action: Action,
    context: TransitionContext,
  ): Promise<SessionHead> {
    if (action !== 'create' && !allows(action, head.status)) throw wrongState(action, head.status);
    if (action === 'rerun') await this.sources.active.assertRoom(manager, scope);
    const rule = TRANSITIONS[action];
    const next = nextHead(head, rule, this.sources.clock.now());
    await this.sessions.change(manager, scope, head.id, this.changeOf(head, next, action, context));
    await this.audit.record(manager, {
      scope,
      actor: context.actor,
      action: `session.${rule.past}`,
      subject: `session/${head.id}`,
      sessionId: head.id,
      details: { from: action === 'create' ? null : head.status, to: next.status, run: next.run, ...context.details },
    });
    if (rule.starts) await this.startPhase(manager, scope, next);
    this.count(action, head, next);
    return next;
  }

  /**
   * Counted inside the transaction: a rollback after this (the database went away) leaves a count too many, which is
   * rarer and cheaper than a callback after every commit.
   */
  private count(action: Action, before: SessionHead, after: SessionHead): void {
    if (action === 'create' || after.status !== before.status) this.metrics.entered(after.status);
    if (!isTerminal(after.status) || !before.startedAt) return;
    const seconds = (this.sources.clock.now().getTime() - before.startedAt.getTime()) / 1000;
    // Nothing here calls a paid provider yet.
    this.metrics.ended({ seconds, completionPercent: after.progress, costUsd: 0 });
  }

  /** Inserts a session and starts its first phase, in the caller's transaction. */
  async create(
    manager: EntityManager,
    scope: WorkspaceScope,
    session: NewSession,
    actor: string,
  ): Promise<SessionHead> {
    await this.sources.active.assertRoom(manager, scope);
    await this.sessions.insert(manager, scope, session);
    const head: SessionHead = {
      id: session.id,
      status: 'queued',
      phase: 'plan',
      run: 1,
      attempt: 1,
      progress: 0,
      priority: session.options.priority,
      options: session.options,
      state: {},
    };
    return this.transition(manager, scope, head, 'create', { actor });
  }

  /** The last line about a session: its events are gone with it, the audit log stays. */
  recordRemoval(
    manager: EntityManager,
    scope: WorkspaceScope,
    id: string,
    { actor, evidence }: { readonly actor: string; readonly evidence: number },
  ): Promise<void> {
    return this.audit.record(manager, {
      scope,
      actor,
      action: 'session.deleted',
      subject: `session/${id}`,
      sessionId: id,
      details: { evidenceRemoved: evidence },
    });
  }

  private changeOf(head: SessionHead, next: SessionHead, action: Action, context: TransitionContext): StatusChange {
    const at = this.sources.clock.now();
    return {
      status: next.status,
      phase: next.phase,
      run: next.run,
      attempt: next.attempt,
      progress: next.progress,
      error: context.error,
      startedAt: next.startedAt,
      finishedAt: isTerminal(next.status) ? at : undefined,
      at,
      renewsRun: TRANSITIONS[action].renews === 'run',
      event: {
        kind: `session.${TRANSITIONS[action].past}`,
        data: {
          from: action === 'create' ? null : head.status,
          status: next.status,
          phase: next.phase,
          run: next.run,
          progress: next.progress,
          ...context.details,
          ...(context.error ? { error: context.error } : {}),
        },
      },
    };
  }

  private startPhase(manager: EntityManager, scope: WorkspaceScope, head: SessionHead): Promise<void> {
    const input: PhaseInput = {
      workspaceId: scope.workspaceId,
      sessionId: head.id,
      run: head.run,
      attempt: head.attempt,
    };
    return this.engine.start(manager, {
      workflow: workflowName(head.phase),
      queue: SESSIONS_QUEUE,
      id: workflowId(head),
      input,
      priority: head.priority,
      lane: scope.workspaceId,
    });
  }
}

function nextHead(head: SessionHead, rule: TransitionRule, now: Date): SessionHead {
  const phase = rule.phase === 'next' ? phaseAfter(head.phase) : (rule.phase ?? head.phase);
  const moved = { ...head, status: rule.to, phase };
  if (rule.renews === 'run') return { ...moved, run: head.run + 1, attempt: 1, progress: 0, startedAt: undefined };
  if (rule.renews === 'attempt') return { ...moved, attempt: head.attempt + 1 };
  if (rule.to === 'completed' || rule.to === 'completed_degraded') return { ...moved, progress: 100 };
  return rule.to === 'running' ? { ...moved, startedAt: head.startedAt ?? now } : moved;
}

function phaseAfter(phase: Phase): Phase {
  const next = PHASES[PHASES.indexOf(phase) + 1];
  if (!next) throw new Error(`no phase follows ${phase}: a session completes after it`);
  return next;
}
