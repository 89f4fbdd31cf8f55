import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../../config/config.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { AppError } from '../../shared/errors/app-error.js';
import { SessionsRepository } from './sessions.repository.js';

const RETRY_SECONDS = 30;

/** No workspace fills the queue of all: so many of its sessions may be queued or run at once. */
@Injectable()
export class ActiveSessions {
  constructor(
    private readonly config: Config,
    private readonly sessions: SessionsRepository,
  ) {}

  /** Call it before one more becomes active, in the same transaction. @throws AppError 429 `too_many_active_sessions` */
  async assertRoom(manager: EntityManager, scope: WorkspaceScope): Promise<void> {
    const { enabled, dryRun, activeSessions } = this.config.rateLimit;
    if (!enabled || dryRun) return;
    if ((await this.sessions.countActive(manager, scope)) < activeSessions) return;
    throw new AppError(
      'limited',
      'too_many_active_sessions',
      `A workspace may have ${activeSessions} sessions queued or running: wait for one to end, pause or cancel one.`,
      { retryAfter: RETRY_SECONDS },
    );
  }
}
