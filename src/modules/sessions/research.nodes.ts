import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../shared/clock/clock.js';
import { CriteriaService } from '../research/criteria.service.js';
import type { Comparison } from '../research/comparison.types.js';
import type { Category, ResearchResult } from '../research/research.types.js';
import { ResearchService } from '../research/research.service.js';
import { decideByPolicy, type PolicyResult } from './decision-policy.js';
import type { GapRecord } from './gaps.repository.js';
import type { Decision } from './gaps/gap.types.js';
import { isTransient } from './node-errors.js';
import { outputIfDone, outputOf, type NodeOutputs } from './node-outputs.js';
import type { NodeSpec, PhaseWork, WriteMany } from './node-runner.js';
import { requestFor, type RequestBasis } from './research-request.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionStore } from './session-store.js';
import { sessionUnknown } from './sessions.errors.js';
import type { SessionHead } from './sessions.types.js';

const BEGINS_AT = 15;
const ENDS_AT = 75;

/** What one execution of the phase knows in memory; everything in it can be read again from the rows. */
export interface ResearchPlan {
  readonly basis: RequestBasis;
  /** Gaps that are to be researched. */
  readonly gaps: readonly GapRecord[];
  readonly all: readonly GapRecord[];
}

/** Results that this execution has stored, by gap id: what is compared need not be read again. */
export type FoundResults = Map<string, ResearchResult>;

/** A result with where it came from. */
export interface Found {
  readonly result: ResearchResult;
  readonly cached: boolean;
}

type Scored = Omit<NodeOutputs['score'], 'open'> & PolicyResult;

/** The nodes of the second phase: options for each open gap, compared, and decided by whoever may. */
@Injectable()
export class ResearchNodes {
  private readonly log = new Logger('sessions');

  constructor(
    private readonly store: SessionStore,
    private readonly lifecycle: SessionLifecycle,
    private readonly researchers: ResearchService,
    private readonly criteria: CriteriaService,
    private readonly clock: Clock,
  ) {}

  async plan(work: PhaseWork): Promise<ResearchPlan> {
    const [session, outputs, records] = await Promise.all([
      this.store.sessions.find(work.scope, work.sessionId),
      this.store.nodes.outputs(work.scope, work.sessionId, work.run, ['ingest', 'analyseCode']),
      this.store.gaps.list(work.scope, work),
    ]);
    if (!session) throw sessionUnknown();
    const basis = {
      brief: session.brief,
      options: session.options,
      plan: session.state.plan,
      read: outputOf(outputs, 'ingest').read,
      stack: outputIfDone(outputs, 'analyseCode')?.stack ?? [],
    };
    return { basis, all: records, gaps: records.filter((record) => record.gap.research) };
  }

  /**
   * What is known by the cache and by facts that are stored, by gap id; makes no outside call. A gap that cannot be
   * answered is left to a step of its own: what is wrong with it degrades it alone there.
   */
  async known(work: PhaseWork, plan: ResearchPlan): Promise<ReadonlyMap<string, Found>> {
    const answers = await Promise.all(
      plan.gaps.map(async ({ gap }) => {
        const found = await this.knownOf(work, gap.category, plan.basis);
        return [gap.id, found] as const;
      }),
    );
    return new Map(answers.flatMap(([id, found]) => (found ? [[id, found] as const] : [])));
  }

  private async knownOf(work: PhaseWork, category: Category, basis: RequestBasis): Promise<Found | undefined> {
    try {
      return await this.researchers.known(work.scope, requestFor(category, basis));
    } catch (error) {
      if (isTransient(error)) throw error;
      this.log.error(
        { err: error, category, sessionId: work.sessionId },
        'stored facts could not be read as an answer',
      );
      return undefined;
    }
  }

  /** Research of one gap; its rows are those of `writeFound`. `settled` counts the gaps that are through, for the progress of the session. */
  research(work: PhaseWork, plan: ResearchPlan, gapId: string, settled: () => number): NodeSpec<Found> {
    const key = { sessionId: work.sessionId, run: work.run, gapId };
    const share = () => (settled() + 1) / Math.max(1, plan.gaps.length);
    return {
      node: 'research',
      gapId,
      onError: 'degrade',
      progress: () => Math.round(BEGINS_AT + (ENDS_AT - BEGINS_AT) * Math.min(1, share())),
      compute: async () => {
        const { gap } = gapOf(plan, gapId);
        const result = await this.researchers.research(work.scope, requestFor(gap.category, plan.basis));
        return { result, cached: false };
      },
      output: ({ result, cached }) => ({ cached, options: result.options.length, degraded: result.degraded }),
      details: ({ result, cached }) => ({ category: result.category, options: result.options.length, cached }),
      writeFailure: (manager, error) => this.store.gaps.saveError(manager, work.scope, key, error),
    };
  }

  /** Rows of the gaps that were researched, for those that are through in one moment. */
  writeFound(work: PhaseWork, memory: FoundResults): WriteMany<Found> {
    return async (manager, nodes) => {
      const found = nodes.map(({ spec, result: { result } }) => ({ gapId: spec.gapId ?? '', result }));
      await this.store.gaps.saveResults(manager, work.scope, work, found);
      const evidence = [...new Set(found.flatMap(({ result }) => result.evidence))];
      await this.store.links.link(manager, work.scope, work.sessionId, evidence);
      for (const { gapId, result } of found) memory.set(gapId, result);
    };
  }

  /** Compares what was found by the criteria in force, and decides as far as the policy may. */
  score(work: PhaseWork, plan: () => Promise<ResearchPlan>, memory: FoundResults): NodeSpec<Scored> {
    return {
      node: 'score',
      onError: 'fail',
      progress: () => 80,
      compute: async () => this.compare(work, await plan(), memory),
      output: ({ criteria, comparisons, open }) => ({ criteria, comparisons, open }),
      details: ({ comparisons, decisions, open }) => ({
        compared: comparisons.length,
        decided: decisions.length,
        open: open.length,
      }),
      write: async (manager, { decisions }) => {
        const at = this.clock.now();
        const rows = decisions.map((one) => ({ ...one, decidedBy: one.by, decidedAt: at }));
        await this.store.gaps.decide(manager, work.scope, work, rows);
      },
      leave: (manager, head) => this.leave(manager, work, head),
    };
  }

  private async compare(work: PhaseWork, begun: ResearchPlan, memory: FoundResults): Promise<Scored> {
    const [plan, criteria, earlier] = await Promise.all([
      // What another execution has stored, or has failed to find, is in the rows alone.
      begun.gaps.every(({ gap }) => memory.has(gap.id)) ? begun : this.plan(work),
      this.criteria.current(work.scope),
      this.earlierDecisions(work),
    ]);
    const comparisons: Comparison[] = [];
    for (const { gap, ...stored } of plan.gaps) {
      const result = memory.get(gap.id) ?? stored.result;
      if (!result) continue;
      const { context } = requestFor(gap.category, plan.basis);
      comparisons.push(this.researchers.compare(work.scope, result, criteria, context));
      // A thousand draws take some 15 ms: between two gaps others get their turn.
      await setImmediate();
    }
    const gaps = plan.all.map((record) => record.gap);
    const mode = plan.basis.options.decisions;
    return { criteria, comparisons, ...decideByPolicy({ mode, gaps, comparisons, earlier }) };
  }

  private earlierDecisions(work: PhaseWork): Promise<readonly Decision[]> {
    if (work.run === 1) return Promise.resolve([]);
    return this.store.gaps.decisions(work.scope, { sessionId: work.sessionId, run: work.run - 1 });
  }

  private async leave(manager: EntityManager, work: PhaseWork, head: SessionHead): Promise<void> {
    const outputs = await this.store.nodes.outputs(work.scope, work.sessionId, work.run, ['score'], manager);
    const { open } = outputOf(outputs, 'score');
    const decided = new Set((await this.store.gaps.decisions(work.scope, work, manager)).map((one) => one.gapId));
    const waiting = open.filter((id) => !decided.has(id));
    const action = waiting.length > 0 ? 'awaitDecision' : 'advance';
    await this.lifecycle.transition(manager, work.scope, head, action, {
      actor: 'system',
      details: waiting.length > 0 ? { open: waiting } : {},
    });
  }
}

function gapOf(plan: ResearchPlan, gapId: string): GapRecord {
  const record = plan.gaps.find(({ gap }) => gap.id === gapId);
  if (!record) throw new Error(`the plan has no gap ${gapId}`);
  return record;
}
