import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../shared/clock/clock.js';
import type { InputMistake } from '../../shared/errors/app-error.js';
import { AuditService } from '../identity/audit.service.js';
import { CATEGORIES, type Category } from '../research/research.types.js';
import { applyPlan } from './gaps/apply-plan.js';
import type { Gap } from './gaps/gap.types.js';
import { SessionStore } from './session-store.js';
import { planInvalid, planNotOpen, sessionUnknown } from './sessions.errors.js';
import type { PatchPlan } from './sessions.schemas.js';
import type { Caller } from './sessions.service.js';
import type { PlanEdits, SessionHead } from './sessions.types.js';

const EMPTY: PlanEdits = { pin: {}, forbid: [], drop: [], add: [] };

/** The plan of a session that waits for its approval: which gaps are researched, and with which limits. */
@Injectable()
export class PlanService {
  constructor(
    private readonly store: SessionStore,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Applies the changes to the gaps and keeps them with the session. Later changes win over earlier ones of the category.
   * @throws AppError 409 `plan_not_open`, 422 `plan_invalid` with every mistake; nothing is changed then
   */
  change(caller: Caller, id: string, patch: PatchPlan): Promise<readonly Gap[]> {
    return this.store.sessions.locked(caller.scope, id, async (manager, head) => {
      if (!head) throw sessionUnknown();
      if (head.status !== 'awaiting_plan') throw planNotOpen(head.status);
      const key = { sessionId: id, run: head.run };
      const before = (await this.store.gaps.list(caller.scope, key, manager)).map((record) => record.gap);
      const edits = editsOf(patch, before);
      const gaps = applyPlan(before, edits);
      const merged = merge(head.state.plan ?? EMPTY, edits);
      await this.store.gaps.put(manager, caller.scope, key, gaps);
      await this.store.nodes.amendPlanned(manager, caller.scope, key, researched(gaps));
      await this.store.sessions.saveState(manager, caller.scope, id, { ...head.state, plan: merged });
      await this.tell(manager, caller, head, edits);
      return gaps;
    });
  }

  private async tell(manager: EntityManager, caller: Caller, head: SessionHead, edits: PlanEdits): Promise<void> {
    const details = {
      run: head.run,
      pinned: Object.keys(edits.pin),
      dropped: edits.drop,
      added: edits.add,
      forbidden: edits.forbid.length,
    };
    await this.store.events.append(manager, caller.scope, head.id, {
      events: [{ kind: 'plan.changed', data: details }],
      progress: head.progress,
      at: this.clock.now(),
      recount: true,
    });
    await this.audit.record(manager, {
      scope: caller.scope,
      actor: caller.keyId,
      action: 'plan.changed',
      subject: `session/${head.id}`,
      sessionId: head.id,
      details,
    });
  }
}

function researched(gaps: readonly Gap[]): string[] {
  return gaps.filter((gap) => gap.research).map((gap) => gap.id);
}

/** `drop` and `add` name gaps by id or category; all mistakes at once. */
function editsOf(patch: PatchPlan, gaps: readonly Gap[]): PlanEdits {
  const mistakes: InputMistake[] = [];
  const resolve = (names: readonly string[] | undefined, field: string): Category[] =>
    (names ?? []).flatMap((name, index) => {
      const category = gaps.find((gap) => gap.id === name)?.category ?? CATEGORIES.find((one) => one === name);
      if (category) return [category];
      mistakes.push({
        pointer: `/${field}/${index}`,
        message: `is neither a gap of this session nor a category; categories are ${CATEGORIES.join(', ')}`,
      });
      return [];
    });
  const drop = resolve(patch.drop, 'drop');
  const add = resolve(patch.add, 'add');
  for (const category of add.filter((one) => drop.includes(one))) {
    mistakes.push({ pointer: '/add', message: `${category} is added and dropped at once; choose one` });
  }
  if (mistakes.length > 0) throw planInvalid(mistakes);
  return { pin: patch.pin ?? {}, forbid: patch.forbid ?? [], drop, add };
}

function merge(before: PlanEdits, now: PlanEdits): PlanEdits {
  const touched = new Set<Category>([...now.add, ...now.drop, ...(Object.keys(now.pin) as Category[])]);
  const kept = <T extends Category>(list: readonly T[]) => list.filter((one) => !touched.has(one));
  const pins = Object.entries(before.pin).filter(([category]) => !touched.has(category as Category));
  return {
    pin: { ...Object.fromEntries(pins), ...now.pin },
    forbid: [...new Set([...before.forbid, ...now.forbid])],
    drop: [...kept(before.drop), ...now.drop],
    add: [...kept(before.add), ...now.add],
  };
}
