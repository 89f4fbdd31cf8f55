import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../shared/clock/clock.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { AppError } from '../../shared/errors/app-error.js';
import { WorkflowMetrics } from '../../shared/metrics/workflow.metrics.js';
import { isTransient } from './node-errors.js';
import { SessionLifecycle } from './session-lifecycle.js';
import type { NodeKey } from './session-nodes.repository.js';
import { SessionStore } from './session-store.js';
import type { NodeName, Phase, SessionHead } from './sessions.types.js';

/** One attempt of one phase: who writes must be this one, else it writes nothing. */
export interface PhaseWork {
  readonly scope: WorkspaceScope;
  readonly sessionId: string;
  readonly run: number;
  readonly attempt: number;
  readonly phase: Phase;
}

export interface NodeSpec<T> {
  readonly node: NodeName;
  readonly gapId?: string;
  /** What a failure of it means: the session fails, or it goes on without this and says so. */
  readonly onError: 'fail' | 'degrade';
  /** Progress of the session once it is done, 0-100. */
  readonly progress: () => number;
  /** What the finished event says beside node, gap and duration. */
  readonly details?: (result: T) => Readonly<Record<string, unknown>>;
  /** The work itself: outside of any transaction, so that no lock is held while somebody else is waited for. */
  readonly compute: () => Promise<T>;
  /** Kept in `session_nodes.output` for later nodes and for a restart; the result itself when absent. */
  readonly output?: (result: T) => unknown;
  /** Rows that belong to the result, written in the transaction that marks the node as done. */
  readonly write?: (manager: EntityManager, result: T) => Promise<void>;
  /** Stores the result together with those of others that come in the same moment, instead of `write`. */
  readonly group?: NodeGroup<T>;
  /** Rows that tell of the failure, in the transaction that marks the node as failed. */
  readonly writeFailure?: (manager: EntityManager, error: NodeError) => Promise<void>;
  /** The transition that ends the phase; taken once, by whoever finds the phase still open. */
  readonly leave?: (manager: EntityManager, head: SessionHead) => Promise<unknown>;
}

export interface NodeError {
  readonly code: string;
  readonly message: string;
}

/** `done`: the node is done, now or before. `failed`: it is recorded as failed. `stopped`: this owner must not go on. */
export type NodeOutcome = 'done' | 'failed' | 'stopped';

/** A result that is to be stored. */
export interface FinishedNode<T> {
  readonly spec: NodeSpec<T>;
  readonly result: T;
  readonly timing: Timing;
}

/** Rows of results that are stored together, instead of the `write` of each. */
export type WriteMany<T> = (manager: EntityManager, fresh: readonly FinishedNode<T>[]) => Promise<void>;

/** Nodes of one phase whose results are stored together when they come in one moment. */
export type NodeGroup<T> = DataLoader<FinishedNode<T>, NodeOutcome>;

/** Nodes that leave gaps, research, decisions or a document: the session's figures change with them. */
const COUNTED: readonly NodeName[] = ['identifyGaps', 'research', 'score', 'validate'];

interface NodeNews {
  readonly spec: Pick<NodeSpec<never>, 'node' | 'gapId' | 'progress'>;
  readonly kind: 'node.finished' | 'node.failed';
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Timing {
  readonly startedAt: Date;
  readonly t0: number;
}

/**
 * Runs nodes exactly once by their writes, though the engine runs steps at least once:
 *
 *     begin (one fenced statement) ─▶ compute (no transaction) ─▶ finish: lock row, fence, result + event, maybe leave
 *
 * The fence is (run, phase, attempt, status) under the session's row lock. An owner that was taken over finds another
 * attempt there and writes nothing. A pause lets a node in flight store what it has, but nothing new begins and the
 * phase is not left; cancel stores nothing any more. A node that is done is never computed again: only its `leave` is
 * looked at, for the case that the pause came between result and transition.
 */
@Injectable()
export class NodeRunner {
  constructor(
    private readonly store: SessionStore,
    private readonly lifecycle: SessionLifecycle,
    private readonly metrics: WorkflowMetrics,
    private readonly clock: Clock,
  ) {}

  async run<T>(work: PhaseWork, spec: NodeSpec<T>): Promise<NodeOutcome> {
    const key = keyOf(work, spec);
    const begun = await this.begin(work, key);
    if (begun === 'stopped') return 'stopped';
    if (begun === 'done') return this.passOver(work, spec);
    const timing = this.timing();
    let result: T;
    try {
      result = await spec.compute();
    } catch (error) {
      // The database or the disk is away: nothing can be recorded either, so the engine tries the step again.
      if (isTransient(error)) throw error;
      this.metrics.nodeFailed(spec.node, error);
      return this.finishFailed(work, spec, errorOf(error), timing);
    }
    return spec.group ? spec.group.load({ spec, result, timing }) : this.finish(work, spec, result, timing);
  }

  /** When a node that starts now started. */
  timing(): Timing {
    return { startedAt: this.clock.now(), t0: this.clock.monotonicMs() };
  }

  /**
   * Results that come while others are written wait for these and are written by the next transaction: each of them locks
   * the session's row, so one after the other would cost as many times as much.
   */
  group<T>(work: PhaseWork, write: WriteMany<T>): NodeGroup<T> {
    let writing: Promise<unknown> = Promise.resolve();
    const store = (nodes: readonly FinishedNode<T>[]) => {
      const stored = this.finishMany(work, nodes, write);
      writing = stored.catch(() => undefined);
      return stored.then((outcome) => nodes.map(() => outcome));
    };
    const batchScheduleFn = (dispatch: () => void) => void writing.then(() => setImmediate(dispatch));
    return new DataLoader(store, { cache: false, batchScheduleFn });
  }

  /** Makes a started session `running`; false: this owner must not go on. */
  enter(work: PhaseWork): Promise<boolean> {
    return this.fenced(work, ['queued', 'running'], async (manager, head) => {
      if (head.status === 'queued') {
        await this.lifecycle.transition(manager, work.scope, head, 'start', { actor: 'system' });
      }
    });
  }

  /**
   * Stores results of nodes that do not end the phase, all in one transaction of few statements; nodes that are done stay
   * as they are.
   */
  async finishMany<T>(work: PhaseWork, nodes: readonly FinishedNode<T>[], write: WriteMany<T>): Promise<NodeOutcome> {
    const [first] = nodes;
    if (!first) return 'done';
    const written = await this.fenced(work, ['running', 'paused'], async (manager) => {
      const rows = nodes.map(({ spec, result, timing }) => {
        const key = keyOf(work, spec);
        return { gapId: key.gapId, output: outputOf(spec, result), ...this.timesOf(timing) };
      });
      const gapIds = await this.store.nodes.finishAll(manager, work.scope, keyOf(work, first.spec), rows);
      const fresh = nodes.filter(({ spec }) => gapIds.has(spec.gapId ?? ''));
      if (fresh.length === 0) return;
      await write(manager, fresh);
      const times = new Map(rows.map((row) => [row.gapId, row.durationMs]));
      const news = fresh.map(({ spec, result }) => finishedEvent(spec, result, times.get(spec.gapId ?? '') ?? 0));
      await this.tell(manager, work, news);
      for (const { spec } of fresh) this.metrics.nodeFinished(spec.node, (times.get(spec.gapId ?? '') ?? 0) / 1000);
    });
    return written ? 'done' : 'stopped';
  }

  private async begin(work: PhaseWork, key: NodeKey): Promise<'begun' | 'done' | 'stopped'> {
    const seen = await this.store.nodes.begin(work.scope, key, work, this.clock.now());
    if (!seen) return 'stopped';
    if (seen.status === 'queued') return (await this.enter(work)) ? this.begin(work, key) : 'stopped';
    if (seen.status !== 'running') return 'stopped';
    return seen.state === 'done' ? 'done' : 'begun';
  }

  private async passOver<T>(work: PhaseWork, spec: NodeSpec<T>): Promise<NodeOutcome> {
    const { leave } = spec;
    if (!leave) return 'done';
    const open = await this.fenced(work, ['running'], async (manager, head) => {
      await leave(manager, head);
    });
    return open ? 'done' : 'stopped';
  }

  private async finish<T>(work: PhaseWork, spec: NodeSpec<T>, result: T, timing: Timing): Promise<NodeOutcome> {
    const written = await this.fenced(work, ['running', 'paused'], async (manager, head) => {
      const finish = { state: 'done' as const, output: outputOf(spec, result), ...this.timesOf(timing) };
      if (await this.store.nodes.finish(manager, work.scope, keyOf(work, spec), finish)) {
        await spec.write?.(manager, result);
        await this.tell(manager, work, [finishedEvent(spec, result, finish.durationMs)]);
        this.metrics.nodeFinished(spec.node, finish.durationMs / 1000);
      }
      if (head.status !== 'running') return;
      await spec.leave?.(manager, { ...head, progress: Math.max(head.progress, spec.progress()) });
    });
    return written ? 'done' : 'stopped';
  }

  private async finishFailed<T>(
    work: PhaseWork,
    spec: NodeSpec<T>,
    error: NodeError,
    timing: Timing,
  ): Promise<NodeOutcome> {
    const written = await this.fenced(work, ['running', 'paused'], async (manager, head) => {
      const finish = { state: 'failed' as const, error, ...this.timesOf(timing) };
      if (!(await this.store.nodes.finish(manager, work.scope, keyOf(work, spec), finish))) return;
      await spec.writeFailure?.(manager, error);
      const details = { durationMs: finish.durationMs, error };
      await this.tell(manager, work, [{ spec, kind: 'node.failed', details }]);
      if (spec.onError === 'degrade' || head.status !== 'running') return;
      await this.lifecycle.transition(manager, work.scope, head, 'fail', {
        actor: 'system',
        details: { node: spec.node },
        error,
      });
    });
    return written ? 'failed' : 'stopped';
  }

  private tell(manager: EntityManager, work: PhaseWork, news: readonly NodeNews[]): Promise<void> {
    const events = news.map(({ spec, kind, details }) => {
      const gapId = spec.gapId ?? '';
      const where = { node: spec.node, ...(gapId ? { gapId } : {}), run: work.run, progress: spec.progress() };
      return { dedupe: `${work.run}:${spec.node}:${gapId}:${kind}`, kind, data: { ...where, ...details } };
    });
    return this.store.events.append(manager, work.scope, work.sessionId, {
      events,
      progress: Math.max(...news.map(({ spec }) => spec.progress())),
      at: this.clock.now(),
      recount: news.some(({ spec }) => COUNTED.includes(spec.node)),
    });
  }

  /** Runs `write` under the row lock if this owner still is the one; false: it is not, and nothing was written. */
  private fenced(
    work: PhaseWork,
    statuses: readonly SessionHead['status'][],
    write: (manager: EntityManager, head: SessionHead) => Promise<void>,
  ): Promise<boolean> {
    return this.store.sessions.locked(work.scope, work.sessionId, async (manager, head) => {
      if (!head || !owns(work, head) || !statuses.includes(head.status)) return false;
      await write(manager, head);
      return true;
    });
  }

  private timesOf({ startedAt, t0 }: Timing) {
    return { startedAt, finishedAt: this.clock.now(), durationMs: Math.round(this.clock.monotonicMs() - t0) };
  }
}

function owns(work: PhaseWork, head: SessionHead): boolean {
  return head.run === work.run && head.phase === work.phase && head.attempt === work.attempt;
}

function keyOf<T>(work: PhaseWork, spec: NodeSpec<T>): NodeKey {
  return { sessionId: work.sessionId, run: work.run, node: spec.node, gapId: spec.gapId ?? '' };
}

function outputOf<T>(spec: NodeSpec<T>, result: T): unknown {
  return spec.output ? spec.output(result) : result;
}

function finishedEvent<T>(spec: NodeSpec<T>, result: T, durationMs: number): NodeNews {
  return { spec, kind: 'node.finished', details: { durationMs, ...spec.details?.(result) } };
}

/** What may be told to a caller: the words of an AppError; of anything else only that it happened. */
function errorOf(error: unknown): NodeError {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: 'node_failed', message: 'An unexpected error; the log has it under this session and node.' };
}
