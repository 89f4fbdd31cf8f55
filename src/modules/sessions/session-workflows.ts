import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';
import { WorkflowEngine, type WorkflowRun } from '../../shared/workflow/workflow-engine.js';
import { DocumentNodes, type DocumentMemo } from './document.nodes.js';
import { NodeRunner, type NodeOutcome, type NodeSpec, type PhaseWork } from './node-runner.js';
import { PlanNodes } from './plan.nodes.js';
import { ResearchNodes, type FoundResults, type ResearchPlan } from './research.nodes.js';
import { SESSIONS_QUEUE, workflowName } from './session-lifecycle.js';
import type { Phase, PhaseInput } from './sessions.types.js';

/** Name of the limit on gaps researched at once in this process. */
const GAPS_LIMIT = 'session-gaps';
/** Tries after the first while the database is away: 1, 2, 4 … 32 s, about a minute in all. */
const RETRIES = 6;

/** The nodes of the three phases. */
@Injectable()
export class SessionNodes {
  constructor(
    readonly plan: PlanNodes,
    readonly research: ResearchNodes,
    readonly document: DocumentNodes,
  ) {}
}

/**
 * The chain of a session as three short workflows. Each one ends where somebody may have to be waited for; what
 * comes next is started by the transition that ends the phase (SessionLifecycle), so a wait holds no slot of the engine
 * and a deploy strands nobody.
 *
 * The engine keeps a checkpoint per step, the feature a row per node; a step that runs again finds its node done and
 * passes over it. Steps give back outcomes and ids alone.
 */
@Injectable()
export class SessionWorkflows implements OnModuleInit {
  constructor(
    private readonly engine: WorkflowEngine,
    private readonly runner: NodeRunner,
    private readonly nodes: SessionNodes,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const { workflow, research } = this.config;
    this.engine.queue({ name: SESSIONS_QUEUE, perProcess: workflow.sessionConcurrency });
    this.engine.limit({
      name: GAPS_LIMIT,
      perProcess: research.gapConcurrency,
      ...(research.fleetGapConcurrency > 0 ? { fleet: research.fleetGapConcurrency } : {}),
    });
    this.define('plan', (work, run) => this.plan(work, run));
    this.define('research', (work, run) => this.research(work, run));
    this.define('document', (work, run) => this.document(work, run));
  }

  private define(phase: Phase, body: (work: PhaseWork, run: WorkflowRun) => Promise<void>): void {
    this.engine.define<PhaseInput>(workflowName(phase), ({ workspaceId, sessionId, run, attempt }, workflow) =>
      body({ scope: mintWorkspaceScope(workspaceId), sessionId, run, attempt, phase }, workflow),
    );
  }

  private async plan(work: PhaseWork, run: WorkflowRun): Promise<void> {
    const { plan } = this.nodes;
    if ((await this.step(run, work, plan.ingest(work))) !== 'done') return;
    // A code base that cannot be read costs its facts, not the session: only a stopped owner ends here.
    if ((await this.step(run, work, plan.analyseCode(work))) === 'stopped') return;
    await this.step(run, work, plan.identifyGaps(work));
  }

  private async research(work: PhaseWork, run: WorkflowRun): Promise<void> {
    const { research } = this.nodes;
    const plan = remembered(() => research.plan(work));
    const memory: FoundResults = new Map();
    let settled = 0;
    const asked = await run.step('known', () => this.storeKnown(work, plan, memory), { retries: RETRIES });
    if (asked.stopped) return;
    settled += asked.known;
    const group = this.runner.group(work, research.writeFound(work, memory));
    const outcomes = await run.parallel<NodeOutcome>(
      GAPS_LIMIT,
      asked.gaps.map((gapId) => ({
        name: `research:${gapId}`,
        retries: RETRIES,
        work: async () => {
          const spec = research.research(work, await plan(), gapId, () => settled);
          const outcome = await this.runner.run(work, { ...spec, group });
          settled += 1;
          return outcome;
        },
      })),
    );
    const lost = outcomes.find((outcome) => outcome.error);
    // Not even the failure could be recorded: leave it to the reconciler, which starts the phase anew.
    if (lost?.error) throw new Error(`${lost.name}: ${lost.error.message}`);
    if (outcomes.some((outcome) => outcome.value === 'stopped')) return;
    await this.step(run, work, research.score(work, plan, memory));
  }

  /** What is known is stored in one transaction; only the rest is researched, each gap in a step of its own. */
  private async storeKnown(
    work: PhaseWork,
    planned: () => Promise<ResearchPlan>,
    memory: FoundResults,
  ): Promise<{ stopped: boolean; known: number; gaps: string[] }> {
    const [entered, plan] = await Promise.all([this.runner.enter(work), planned()]);
    if (!entered) return { stopped: true, known: 0, gaps: [] };
    const timing = this.runner.timing();
    const known = await this.nodes.research.known(work, plan);
    const items = [...known].map(([gapId, result], index) => ({
      spec: this.nodes.research.research(work, plan, gapId, () => index),
      result,
      timing,
    }));
    const outcome = await this.runner.finishMany(work, items, this.nodes.research.writeFound(work, memory));
    const gaps = plan.gaps.map(({ gap }) => gap.id).filter((id) => !known.has(id));
    return { stopped: outcome === 'stopped', known: known.size, gaps };
  }

  private async document(work: PhaseWork, run: WorkflowRun): Promise<void> {
    const { document } = this.nodes;
    const memo: DocumentMemo = {};
    if ((await this.step(run, work, document.writeDocument(work, memo))) !== 'done') return;
    if ((await this.step(run, work, document.validate(work, memo))) !== 'done') return;
    await this.step(run, work, document.complete(work));
  }

  private step<T>(run: WorkflowRun, work: PhaseWork, spec: NodeSpec<T>): Promise<NodeOutcome> {
    return run.step(spec.node, () => this.runner.run(work, spec), { retries: RETRIES });
  }
}

/** Reads once; a read that failed is tried again by the next who asks, as the step is that asks. */
function remembered<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}
