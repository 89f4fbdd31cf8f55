import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EvidenceService } from '../research/evidence.service.js';
import type { EvidencePiece, ResearchResult, Sha256 } from '../research/research.types.js';
import { ResearchService } from '../research/research.service.js';
import { briefEvidence } from './brief-evidence.js';
import type { DocumentInput } from './document/document.types.js';
import type { GapRecord } from './gaps.repository.js';
import { outputIfDone, outputOf, type DegradedReason } from './node-outputs.js';
import type { PhaseWork } from './node-runner.js';
import { SessionStore } from './session-store.js';
import { sessionUnknown } from './sessions.errors.js';
import type { NodeName } from './sessions.types.js';

/** Gathers from the rows of a run what the document is made of; the writing itself is pure. */
@Injectable()
export class DocumentInputService {
  constructor(
    private readonly store: SessionStore,
    private readonly research: ResearchService,
    private readonly evidence: EvidenceService,
  ) {}

  async gather(work: PhaseWork): Promise<DocumentInput> {
    const [session, outputs, records, decisions] = await Promise.all([
      this.store.sessions.find(work.scope, work.sessionId),
      this.store.nodes.outputs(work.scope, work.sessionId, work.run, ['ingest', 'analyseCode', 'score']),
      this.store.gaps.list(work.scope, work),
      this.store.gaps.decisions(work.scope, work),
    ]);
    if (!session) throw sessionUnknown();
    const { read, derivation } = outputOf(outputs, 'ingest');
    const { criteria, comparisons } = outputOf(outputs, 'score');
    const research = records.flatMap(({ result }) => (result ? [result] : []));
    const piece = briefEvidence(session.brief, session.createdAt);
    const evidence = await this.pieces(work, research);
    return {
      brief: session.brief,
      briefEvidence: piece,
      read,
      derivation,
      gaps: records.map(({ gap }) => gap),
      definitions: this.research.definitions(),
      criteria,
      research,
      comparisons,
      decisions: decisions.map(({ decidedBy: _by, decidedAt: _at, ...decision }) => decision),
      evidence,
      degraded: failures(records),
      factsDate: factsDate(evidence, piece),
    };
  }

  /** Everything that made the run less than complete, in words, in the order of the gaps. */
  async degraded(work: PhaseWork): Promise<readonly DegradedReason[]> {
    const [outputs, gaps] = await Promise.all([
      this.store.nodes.outputs(work.scope, work.sessionId, work.run, ['analyseCode']),
      this.store.gaps.degraded(work.scope, work),
    ]);
    const code = outputIfDone(outputs, 'analyseCode') ? [] : [{ gapId: '', reason: 'the code could not be analysed' }];
    const failed = gaps.flatMap(({ gapId, error }) => (error === undefined ? [] : [{ gapId, reason: error }]));
    const silent = gaps.flatMap(({ gapId, sources }) => sources.map((reason) => ({ gapId, reason })));
    return [...code, ...failed, ...silent];
  }

  outputs(
    work: PhaseWork,
    nodes: readonly NodeName[],
    manager?: EntityManager,
  ): Promise<ReadonlyMap<NodeName, unknown>> {
    return this.store.nodes.outputs(work.scope, work.sessionId, work.run, nodes, manager);
  }

  private async pieces(
    work: PhaseWork,
    research: readonly ResearchResult[],
  ): Promise<ReadonlyMap<Sha256, EvidencePiece>> {
    const hashes = [...new Set(research.flatMap((result) => result.evidence))].sort();
    const stored = await this.evidence.getMany(work.scope, hashes);
    const datasets = this.research.datasets().pieces.map((piece) => [piece.sha256, piece] as const);
    return new Map([...stored, ...datasets]);
  }
}

function failures(records: readonly GapRecord[]): DegradedReason[] {
  return records.flatMap(({ gap, error }) => (error ? [{ gapId: gap.id, reason: error.message }] : []));
}

/**
 * The day the newest of the facts was read; without facts, the day the brief came. Taken from the evidence and not from
 * the clock, so that the same evidence gives the same document on any day.
 */
function factsDate(evidence: ReadonlyMap<Sha256, EvidencePiece>, brief: EvidencePiece): string {
  const days = [...evidence.values()]
    .filter((piece) => piece.source !== 'dataset')
    .map((piece) => piece.fetchedAt.slice(0, 10))
    .sort();
  return days.at(-1) ?? brief.fetchedAt.slice(0, 10);
}
