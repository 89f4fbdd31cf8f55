import { Injectable } from '@nestjs/common';
import { bulkhead } from 'cockatiel';
import type { EntityManager } from 'typeorm';
import { Config } from '../../config/config.js';
import { Clock, IdSource } from '../../shared/clock/clock.js';
import { IdempotencyService } from '../../shared/idempotency/idempotency.service.js';
import type { IdempotentAnswer, StoredAnswer } from '../../shared/idempotency/idempotency.types.js';
import { briefOf, BriefReader, optionsOf } from './brief-reader.js';
import { SessionChanges } from './session-changes.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { sessionView } from './session-views.js';
import type { CreateSession } from './sessions.schemas.js';
import type { Caller } from './sessions.service.js';
import type { NewSession } from './sessions.repository.js';
import type { SessionRecord } from './sessions.types.js';

const ROUTE = 'POST /v1/sessions';
/** Creations at once, so that a burst of them waits here and not for connections that it takes from everybody else. */
const AT_ONCE = 8;

/** Where a new session gets its id, its time and its defaults from. */
@Injectable()
export class CreationSources {
  constructor(
    readonly config: Config,
    readonly clock: Clock,
    readonly ids: IdSource,
  ) {}
}

/** Turns a posted brief into a session: row, first event, audit row, workflow and idempotency key commit together. */
@Injectable()
export class SessionCreation {
  private readonly turns = bulkhead(AT_ONCE, Number.MAX_SAFE_INTEGER);

  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly lifecycle: SessionLifecycle,
    private readonly reader: BriefReader,
    private readonly sources: CreationSources,
    private readonly changes: SessionChanges,
  ) {}

  /**
   * @param key value of `Idempotency-Key`, if the client sent one
   * @throws AppError 422 `brief_unreadable`, and those of IdempotencyService.run
   */
  create(caller: Caller, input: CreateSession, key: string | undefined): Promise<IdempotentAnswer> {
    const { config, clock, ids } = this.sources;
    const brief = briefOf(input);
    const options = optionsOf(input, config.research.maxOptionsPerGap);
    const request = { scope: caller.scope, route: ROUTE, key, payload: input };
    const session = { id: ids.next(), brief, files: input.files ?? [], options, at: clock.now() };
    return this.turns.execute(async () => {
      const answer = await this.idempotency.run(request, (manager) => this.store(manager, caller, session));
      await this.changes.changed(caller.scope, session.id);
      return answer;
    });
  }

  private async store(manager: EntityManager, caller: Caller, session: NewSession): Promise<StoredAnswer> {
    const { id, brief, files, at } = session;
    // Inside: a replay must give the first answer, whatever the rules would say to the brief today.
    this.reader.readOrRefuse(brief);
    const head = await this.lifecycle.create(manager, caller.scope, session, caller.keyId);
    const record: SessionRecord = { ...head, brief, files, eventSeq: 1, createdAt: at, updatedAt: at };
    const body = sessionView({ session: record, nodes: [], gapsToResearch: 0, degraded: [], now: at });
    return { status: 201, headers: { location: `/v1/sessions/${id}` }, body };
  }
}
