import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../shared/clock/clock.js';
import { AuditService } from '../identity/audit.service.js';
import type { GapRecord } from './gaps.repository.js';
import type { Decision } from './gaps/gap.types.js';
import { outputIfDone } from './node-outputs.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionStore } from './session-store.js';
import { alreadyDecided, decisionsNotOpen, gapUnknown, optionUnknown, sessionUnknown } from './sessions.errors.js';
import type { TakeDecision } from './sessions.schemas.js';
import type { Caller } from './sessions.service.js';
import type { SessionHead } from './sessions.types.js';

export interface DecisionOutcome {
  readonly decision: Decision;
  /** Gaps that still wait for a person; empty: the session goes on. */
  readonly open: readonly string[];
  readonly status: SessionHead['status'];
}

/** What a decision leaves behind: its row, its event and its audit line. */
@Injectable()
export class DecisionTraces {
  constructor(
    private readonly store: SessionStore,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async write(manager: EntityManager, caller: Caller, head: SessionHead, decision: Decision): Promise<void> {
    const { scope, keyId } = caller;
    const at = this.clock.now();
    const key = { sessionId: head.id, run: head.run };
    const details = { run: head.run, gapId: decision.gapId, optionId: decision.optionId ?? null };
    await this.store.gaps.decide(manager, scope, key, [{ ...decision, decidedBy: keyId, decidedAt: at }]);
    await this.store.events.append(manager, scope, head.id, {
      events: [{ dedupe: `${head.run}:decision:${decision.gapId}:taken`, kind: 'decision.taken', data: details }],
      progress: head.progress,
      at,
      recount: true,
    });
    await this.audit.record(manager, {
      scope,
      actor: keyId,
      action: 'decision.taken',
      subject: `session/${head.id}`,
      sessionId: head.id,
      details,
    });
  }
}

/** Decisions of people, in sessions that asked for them. */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly store: SessionStore,
    private readonly lifecycle: SessionLifecycle,
    private readonly traces: DecisionTraces,
  ) {}

  /**
   * Takes one decision; the last open one lets the session go on, in the same transaction.
   * @throws AppError 404 `gap_unknown`, 409 `gap_decided` or `decisions_not_open`, 422 `option_unknown`
   */
  take(caller: Caller, id: string, input: TakeDecision): Promise<DecisionOutcome> {
    return this.store.sessions.locked(caller.scope, id, async (manager, head) => {
      if (!head) throw sessionUnknown();
      const key = { sessionId: id, run: head.run };
      const record = await this.store.gaps.find(caller.scope, key, input.gapId, manager);
      if (!record) throw gapUnknown();
      const decided = await this.store.gaps.decisions(caller.scope, key, manager);
      if (decided.some((one) => one.gapId === input.gapId)) throw alreadyDecided(input.gapId);
      if (head.status !== 'awaiting_decision') throw decisionsNotOpen(head.status);
      const decision = decisionOf(input, record);
      await this.traces.write(manager, caller, head, decision);
      const taken = new Set([...decided.map((one) => one.gapId), input.gapId]);
      const open = (await this.waiting(manager, caller, head)).filter((gapId) => !taken.has(gapId));
      if (open.length > 0) return { decision, open, status: head.status };
      const next = await this.lifecycle.transition(manager, caller.scope, head, 'decided', { actor: caller.keyId });
      return { decision, open, status: next.status };
    });
  }

  private async waiting(manager: EntityManager, caller: Caller, head: SessionHead): Promise<readonly string[]> {
    const outputs = await this.store.nodes.outputs(caller.scope, head.id, head.run, ['score'], manager);
    return outputIfDone(outputs, 'score')?.open ?? [];
  }
}

function decisionOf({ gapId, optionId, custom, reason }: TakeDecision, { gap, result }: GapRecord): Decision {
  const options = (result?.options ?? []).map((option) => option.candidate.id);
  if (optionId !== undefined && !options.includes(optionId)) {
    throw optionUnknown(options);
  }
  return {
    gapId,
    category: gap.category,
    ...(optionId === undefined ? { custom } : { optionId }),
    ...(reason === undefined ? {} : { reason }),
    by: 'person',
  };
}
