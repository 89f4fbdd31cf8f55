import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../shared/clock/clock.js';
import { DocumentMetrics } from '../../shared/metrics/document.metrics.js';
import { checkCitation } from '../research/research.service.js';
import { DocumentInputService } from './document-input.service.js';
import type { DocumentInput, TrdBody } from './document/document.types.js';
import { validateDocument, type ProducedDocument } from './document/produce.js';
import { writeDocument } from './document/write-document.js';
import { DocumentsRepository } from './documents.repository.js';
import { outputOf, type NodeOutputs } from './node-outputs.js';
import type { NodeSpec, PhaseWork } from './node-runner.js';
import { SessionLifecycle } from './session-lifecycle.js';
import type { SessionHead } from './sessions.types.js';

/** What one execution of the phase keeps in memory between its nodes; all of it can be made again from the rows. */
export interface DocumentMemo {
  input?: DocumentInput;
  draft?: TrdBody;
}

/** The nodes of the third phase. The document's version is stored with `validate`, the session's end with `complete`. */
@Injectable()
export class DocumentNodes {
  constructor(
    private readonly documents: DocumentsRepository,
    private readonly lifecycle: SessionLifecycle,
    private readonly inputs: DocumentInputService,
    private readonly metrics: DocumentMetrics,
    private readonly clock: Clock,
  ) {}

  writeDocument(work: PhaseWork, memo: DocumentMemo): NodeSpec<TrdBody> {
    return {
      node: 'writeDocument',
      onError: 'fail',
      progress: () => 90,
      compute: async () => {
        memo.input ??= await this.inputs.gather(work);
        memo.draft = writeDocument(memo.input);
        return memo.draft;
      },
      // Not the draft: it is 300 kB, and what it is written from is in the rows of the nodes before.
      output: ({ claims, requirements }) => ({ claims: claims.length, requirements: requirements.length }),
      details: (draft) => ({ claims: draft.claims.length, requirements: draft.requirements.length }),
    };
  }

  /** Runs the citation gate, the score and at most three repair rounds, and stores the best as the run's version. */
  validate(work: PhaseWork, memo: DocumentMemo): NodeSpec<ProducedDocument> {
    return {
      node: 'validate',
      onError: 'fail',
      progress: () => 95,
      compute: async () => {
        const startedMs = this.clock.monotonicMs();
        const input = (memo.input ??= await this.inputs.gather(work));
        const draft = memo.draft ?? writeDocument(input);
        const produced = validateDocument(draft, input, checkCitation);
        this.metrics.produced('trd', (this.clock.monotonicMs() - startedMs) / 1000);
        return produced;
      },
      write: async (manager, produced) => {
        const { text, sha256, quality, rounds } = produced;
        const document = { run: work.run, body: text, sha256, quality, rounds, at: this.clock.now() };
        await this.documents.add(manager, work.scope, work.sessionId, document);
        if (quality.total !== null) this.metrics.scored(quality.total, rounds.length);
      },
      output: ({ sha256, quality }) => ({ sha256, total: quality.total }),
      details: ({ sha256, quality, rounds }) => ({ sha256, quality: quality.total, rounds: rounds.length }),
    };
  }

  complete(work: PhaseWork): NodeSpec<NodeOutputs['complete']> {
    return {
      node: 'complete',
      onError: 'fail',
      progress: () => 100,
      compute: async () => ({ degraded: await this.inputs.degraded(work) }),
      details: ({ degraded }) => ({ degraded: degraded.length }),
      leave: (manager, head) => this.leave(manager, work, head),
    };
  }

  private async leave(manager: EntityManager, work: PhaseWork, head: SessionHead): Promise<void> {
    const { degraded } = outputOf(await this.inputs.outputs(work, ['complete'], manager), 'complete');
    const version = await this.documents.versionOfRun(manager, work.scope, work.sessionId, work.run);
    await this.lifecycle.transition(manager, work.scope, head, degraded.length > 0 ? 'completeDegraded' : 'complete', {
      actor: 'system',
      details: { version, ...(degraded.length > 0 ? { degraded } : {}) },
    });
  }
}
