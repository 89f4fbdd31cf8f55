import { Injectable } from '@nestjs/common';
import type { PageQuery } from '../../http/pagination.js';
import { Clock } from '../../shared/clock/clock.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { AuditService } from '../identity/audit.service.js';
import type { GapsWithDecisions } from './gaps.repository.js';
import { outputIfDone } from './node-outputs.js';
import { SessionStore } from './session-store.js';
import { SessionViewRepository, type WholeSession } from './session-view.repository.js';
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
import type { NodeName, SessionRecord, ShownSession } from './sessions.types.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether there could be a session of this id; the command line takes any text. */
export const isSessionId = (id: string): boolean => UUID.test(id);

/** What a session tells of its nodes; the scores, which are large, only with its gaps. */
const SHOWN_OUTPUTS: readonly NodeName[] = ['identifyGaps', 'complete'];

export type FullSessionView = SessionView & {
  readonly gaps?: readonly GapView[];
  readonly decisions?: readonly DecisionView[];
};

/** What can be read of a session. Nothing here changes a row. */
@Injectable()
export class SessionQueries {
  constructor(
    private readonly store: SessionStore,
    private readonly views: SessionViewRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 404 `session_unknown`, also for an id that is not one and for another workspace's */
  async session(scope: WorkspaceScope, id: string): Promise<SessionRecord> {
    const session = isSessionId(id) ? await this.store.sessions.find(scope, id) : undefined;
    if (!session) throw sessionUnknown();
    return session;
  }

  /** Two queries at most, however many gaps there are. */
  async view(scope: WorkspaceScope, id: string, include: readonly Include[] = []): Promise<FullSessionView> {
    const withGaps = include.includes('gaps');
    const whole = await this.whole(scope, id, withGaps ? [...SHOWN_OUTPUTS, 'score'] : SHOWN_OUTPUTS);
    const { gaps, decisions } = await this.parts(scope, whole.session, include);
    return {
      ...this.viewOf(whole),
      ...(withGaps ? { gaps: gapViews({ gaps, decisions }, whole.outputs) } : {}),
      ...(include.includes('decisions') ? { decisions: decisions.map(decisionView) } : {}),
    };
  }

  private async whole(scope: WorkspaceScope, id: string, outputsOf: readonly NodeName[]): Promise<WholeSession> {
    const whole = isSessionId(id) ? await this.views.find(scope, id, outputsOf) : undefined;
    if (!whole) throw sessionUnknown();
    return whole;
  }

  private async parts(
    scope: WorkspaceScope,
    session: ShownSession,
    include: readonly Include[],
  ): Promise<GapsWithDecisions> {
    const key = { sessionId: session.id, run: session.run };
    if (include.includes('gaps')) return this.store.gaps.withDecisions(scope, key);
    return { gaps: [], decisions: include.includes('decisions') ? await this.store.gaps.decisions(scope, key) : [] };
  }

  private viewOf({ session, nodes, outputs, document }: WholeSession): SessionView {
    return sessionView({
      session,
      nodes,
      gapsToResearch: outputIfDone(outputs, 'identifyGaps')?.research.length ?? 0,
      degraded: outputIfDone(outputs, 'complete')?.degraded ?? [],
      document,
      now: this.clock.now(),
    });
  }

  async gaps(scope: WorkspaceScope, id: string): Promise<readonly GapView[]> {
    const { session, outputs } = await this.whole(scope, id, ['score']);
    return gapViews(await this.parts(scope, session, ['gaps']), outputs);
  }

  /** @throws AppError 404 `gap_unknown` */
  async gap(scope: WorkspaceScope, id: string, gapId: string): Promise<GapView> {
    const found = (await this.gaps(scope, id)).find((gap) => gap.id === gapId);
    if (!found) throw gapUnknown();
    return found;
  }

  async decisions(scope: WorkspaceScope, id: string): Promise<readonly DecisionView[]> {
    const session = await this.session(scope, id);
    const records = await this.store.gaps.decisions(scope, { sessionId: id, run: session.run });
    return records.map(decisionView);
  }

  /** Oldest first. A deleted session's lines stay in the log, but are found no more by this address. */
  async auditOf(scope: WorkspaceScope, id: string, query: PageQuery): ReturnType<AuditService['ofSession']> {
    await this.session(scope, id);
    return this.audit.ofSession(scope, id, query);
  }
}

function gapViews({ gaps, decisions }: GapsWithDecisions, outputs: WholeSession['outputs']): readonly GapView[] {
  const comparisons = new Map(outputIfDone(outputs, 'score')?.comparisons.map((one) => [one.category, one]));
  const decided = new Map(decisions.map((one) => [one.gapId, one]));
  return gaps.map((record) => gapView(record, comparisons.get(record.gap.category), decided.get(record.gap.id)));
}
