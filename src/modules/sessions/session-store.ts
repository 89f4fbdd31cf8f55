import { Injectable } from '@nestjs/common';
import { GapsRepository } from './gaps.repository.js';
import { SessionEventsRepository } from './session-events.repository.js';
import { SessionEvidenceRepository } from './session-evidence.repository.js';
import { SessionNodesRepository } from './session-nodes.repository.js';
import { SessionsRepository } from './sessions.repository.js';

/** The rows of a session in one hand: nodes and services need most of them at once. */
@Injectable()
export class SessionStore {
  constructor(
    readonly sessions: SessionsRepository,
    readonly nodes: SessionNodesRepository,
    readonly events: SessionEventsRepository,
    readonly gaps: GapsRepository,
    readonly links: SessionEvidenceRepository,
  ) {}
}
