import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock, IdSource } from '../../shared/clock/clock.js';
import { IdempotencyService } from '../../shared/idempotency/idempotency.service.js';
import type { IdempotentAnswer } from '../../shared/idempotency/idempotency.types.js';
import { briefOf, BriefReader, optionsOf } from './brief-reader.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { sessionView } from './session-views.js';
import type { CreateSession } from './sessions.schemas.js';
import type { Caller } from './sessions.service.js';
import type { SessionRecord } from './sessions.types.js';

const ROUTE = 'POST /v1/sessions';

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
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly lifecycle: SessionLifecycle,
    private readonly reader: BriefReader,
    private readonly sources: CreationSources,
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
    return this.idempotency.run(request, async (manager) => {
      // Inside: a replay must give the first answer, whatever the rules would say to the brief today.
      this.reader.readOrRefuse(brief);
      const at = clock.now();
      const session = { id: ids.next(), brief, files: input.files ?? [], options, at };
      const head = await this.lifecycle.create(manager, caller.scope, session, caller.keyId);
      const record: SessionRecord = {
        ...head,
        brief,
        files: session.files,
        eventSeq: 1,
        createdAt: at,
        updatedAt: at,
      };
      const body = sessionView({ session: record, nodes: [], gapsToResearch: 0, degraded: [], now: at });
      return { status: 201, headers: { location: `/v1/sessions/${session.id}` }, body };
    });
  }
}
