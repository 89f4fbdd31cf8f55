import { Injectable } from '@nestjs/common';
import type { PageQuery } from '../../http/pagination.js';
import { Clock } from '../../shared/clock/clock.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { AuditService } from '../identity/audit.service.js';
import { DocumentsRepository } from './documents.repository.js';
import { outputIfDone, type NodeOutputs } from './node-outputs.js';
import { SessionStore } from './session-store.js';
import {
  decisionView,
  gapView,
  sessionView,
  type DecisionView,
  type GapView,
  type SessionView,
} from './session-views.js';
import { gapUnknown, sessionUnknown } from './sessions.errors.js';
import type { Include } from './sessions.schemas.js';
import type { SessionRecord } from './sessions.types.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export type FullSessionView = SessionView & {
  readonly gaps?: readonly GapView[];
  readonly decisions?: readonly DecisionView[];
};

/** What can be read of a session. Nothing here changes a row. */
@Injectable()
export class SessionQueries {
  constructor(
    private readonly store: SessionStore,
    private readonly documents: DocumentsRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 404 `session_unknown`, also for an id that is not one and for another workspace's */
  async session(scope: WorkspaceScope, id: string): Promise<SessionRecord> {
    const session = UUID.test(id) ? await this.store.sessions.find(scope, id) : undefined;
    if (!session) throw sessionUnknown();
    return session;
  }

  async view(scope: WorkspaceScope, id: string, include: readonly Include[] = []): Promise<FullSessionView> {
    const session = await this.session(scope, id);
    const [view, gaps, decisions] = await Promise.all([
      this.viewOf(scope, session),
      include.includes('gaps') ? this.gaps(scope, id, session) : undefined,
      include.includes('decisions') ? this.decisions(scope, id, session) : undefined,
    ]);
    return { ...view, ...(gaps ? { gaps } : {}), ...(decisions ? { decisions } : {}) };
  }

  private async viewOf(scope: WorkspaceScope, session: SessionRecord): Promise<SessionView> {
    const { id, run } = session;
    const [nodes, outputs, versions] = await Promise.all([
      this.store.nodes.list(scope, id, run),
      this.store.nodes.outputs(scope, id, run, ['identifyGaps', 'complete']),
      this.documents.versions(scope, id),
    ]);
    return sessionView({
      session,
      nodes,
      gapsToResearch: outputIfDone(outputs, 'identifyGaps')?.research.length ?? 0,
      degraded: outputIfDone(outputs, 'complete')?.degraded ?? [],
      document: versions.at(-1),
      now: this.clock.now(),
    });
  }

  async gaps(scope: WorkspaceScope, id: string, known?: SessionRecord): Promise<readonly GapView[]> {
    const session = known ?? (await this.session(scope, id));
    const key = { sessionId: id, run: session.run };
    const [records, decisions, outputs] = await Promise.all([
      this.store.gaps.list(scope, key),
      this.store.gaps.decisions(scope, key),
      this.store.nodes.outputs(scope, id, session.run, ['score']),
    ]);
    const scored: NodeOutputs['score'] | undefined = outputIfDone(outputs, 'score');
    return records.map((record) =>
      gapView(
        record,
        scored?.comparisons.find((one) => one.category === record.gap.category),
        decisions.find((one) => one.gapId === record.gap.id),
      ),
    );
  }

  /** @throws AppError 404 `gap_unknown` */
  async gap(scope: WorkspaceScope, id: string, gapId: string): Promise<GapView> {
    const found = (await this.gaps(scope, id)).find((gap) => gap.id === gapId);
    if (!found) throw gapUnknown();
    return found;
  }

  async decisions(scope: WorkspaceScope, id: string, known?: SessionRecord): Promise<readonly DecisionView[]> {
    const session = known ?? (await this.session(scope, id));
    const records = await this.store.gaps.decisions(scope, { sessionId: id, run: session.run });
    return records.map(decisionView);
  }

  /** Oldest first. A deleted session's lines stay in the log, but are found no more by this address. */
  async auditOf(scope: WorkspaceScope, id: string, query: PageQuery): ReturnType<AuditService['ofSession']> {
    await this.session(scope, id);
    return this.audit.ofSession(scope, id, query);
  }
}
