import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CodeAnalysisService } from '../code-analysis/code-analysis.service.js';
import { EvidenceService } from '../research/evidence.service.js';
import { ResearchService } from '../research/research.service.js';
import { briefEvidence } from './brief-evidence.js';
import { readBrief } from './brief/read-brief.js';
import { derive } from './derivation/derive.js';
import { applyPlan } from './gaps/apply-plan.js';
import type { Gap, StackFact } from './gaps/gap.types.js';
import { identifyGaps } from './gaps/identify-gaps.js';
import { outputIfDone, outputOf, type NodeOutputs } from './node-outputs.js';
import type { NodeSpec, PhaseWork } from './node-runner.js';
import { ecosystemOf } from './research-request.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionStore } from './session-store.js';
import { sessionUnknown } from './sessions.errors.js';
import type { SessionHead, SessionRecord } from './sessions.types.js';
import { stackFacts } from './stack-facts.js';

/** The nodes of the first phase: what is asked, what is there, what is open. No outside call is made in any of them. */
@Injectable()
export class PlanNodes {
  constructor(
    private readonly store: SessionStore,
    private readonly lifecycle: SessionLifecycle,
    private readonly research: ResearchService,
    private readonly evidence: EvidenceService,
    private readonly code: CodeAnalysisService,
  ) {}

  /** Reads the brief, derives what follows from it alone, and stores it as evidence. */
  ingest(work: PhaseWork): NodeSpec<NodeOutputs['ingest'] & { readonly session: SessionRecord }> {
    return {
      node: 'ingest',
      onError: 'fail',
      progress: () => 5,
      compute: async () => {
        const session = await this.session(work);
        const read = readBrief(session.brief, this.research.vocabulary());
        const { sha256 } = briefEvidence(session.brief, session.createdAt);
        return { session, briefSha256: sha256, read, derivation: derive(read) };
      },
      output: ({ session: _session, ...output }) => output,
      details: ({ read, derivation }) => ({
        needs: read.needs.length,
        requirements: derivation.requirements.length,
        derived: derivation.derived.length,
      }),
      write: async (manager, { session, briefSha256 }) => {
        await this.evidence.put(work.scope, [briefEvidence(session.brief, session.createdAt)], manager);
        await this.store.links.link(manager, work.scope, work.sessionId, [briefSha256]);
      },
    };
  }

  /** Finds what the given files say is in use; without it the session goes on and says so. */
  analyseCode(work: PhaseWork): NodeSpec<NodeOutputs['analyseCode']> {
    return {
      node: 'analyseCode',
      onError: 'degrade',
      progress: () => 10,
      compute: async () => {
        const { files } = await this.session(work);
        if (files.length === 0) return { stack: [] };
        const entries = await this.code.stack(files);
        return { stack: stackFacts(entries, this.research.vocabulary(), this.research.allCandidates()) };
      },
      details: ({ stack }) => ({ facts: stack.length }),
    };
  }

  /** Decides what is open, and whether a person is asked before anything is researched. */
  identifyGaps(work: PhaseWork): NodeSpec<{ readonly gaps: readonly Gap[] }> {
    return {
      node: 'identifyGaps',
      onError: 'fail',
      progress: () => 15,
      compute: async () => ({ gaps: await this.gaps(work) }),
      output: ({ gaps }) => ({ gaps: gaps.length, research: researched(gaps) }),
      details: ({ gaps }) => ({ gaps: gaps.length, research: researched(gaps).length }),
      write: (manager, { gaps }) => this.store.gaps.put(manager, work.scope, work, gaps),
      leave: (manager, head) => this.leave(manager, work, head),
    };
  }

  private async gaps(work: PhaseWork): Promise<readonly Gap[]> {
    const [session, outputs] = await Promise.all([
      this.session(work),
      this.store.nodes.outputs(work.scope, work.sessionId, work.run, ['ingest', 'analyseCode']),
    ]);
    const { read } = outputOf(outputs, 'ingest');
    const stack: readonly StackFact[] = outputIfDone(outputs, 'analyseCode')?.stack ?? [];
    const datasets = this.research.datasets();
    const gaps = identifyGaps({
      read,
      stack,
      definitions: this.research.definitions(),
      candidates: this.research.candidatesOf(ecosystemOf(session.brief, read, stack)),
      nodeSchedule: datasets.nodeSchedule,
      deprecated: datasets.deprecated,
      // End of life is judged on the day the brief came in, so that a restart on the next day finds the same gaps.
      factsDate: session.createdAt.toISOString().slice(0, 10),
    });
    return applyPlan(gaps, session.state.plan ?? {});
  }

  private leave(manager: EntityManager, work: PhaseWork, head: SessionHead): Promise<SessionHead> {
    const asks = head.options.plan === 'ask' && head.state.planApproved !== true;
    return this.lifecycle.transition(manager, work.scope, head, asks ? 'awaitPlan' : 'advance', { actor: 'system' });
  }

  private async session(work: PhaseWork): Promise<SessionRecord> {
    const session = await this.store.sessions.find(work.scope, work.sessionId);
    if (!session) throw sessionUnknown();
    return session;
  }
}

function researched(gaps: readonly Gap[]): string[] {
  return gaps.filter((gap) => gap.research).map((gap) => gap.id);
}
