import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseBriefMarkdown } from '../../../src/modules/sessions/brief/brief-markdown.js';
import type { TrdBody } from '../../../src/modules/sessions/document/document.types.js';
import type { SessionStatus } from '../../../src/modules/sessions/sessions.types.js';
import { PROJECT_ROOT } from '../../support/project-root.js';
import type { ServiceProcess } from '../../support/service.js';

/** The three briefs shown to readers; a produced document (`*.trd.md`) beside its brief is not one. */
export const EXAMPLES = readdirSync(join(PROJECT_ROOT, 'docs', 'examples'))
  .filter((name) => /^[\w-]+\.md$/.test(name) && name !== 'README.md' && !/-trd\.md$/.test(name))
  .sort();

export function briefText(file: string): string {
  return readFileSync(join(PROJECT_ROOT, 'docs', 'examples', file), 'utf8');
}

/** The body of POST /v1/sessions for a brief of docs/examples. */
export function sessionBody(file: string): { readonly name: string; readonly brief: object } {
  const { name, ...brief } = parseBriefMarkdown(briefText(file));
  return { name, brief };
}

/** The requirements of a brief as one text. */
export function requirementsOf(file: string): string {
  return parseBriefMarkdown(briefText(file)).requirements.join('\n');
}

export interface SessionBody {
  readonly id: string;
  readonly name: string;
  readonly status: SessionStatus;
  readonly phase: string;
  readonly run: number;
  readonly progress: number;
  readonly document: { readonly version: number; readonly run: number } | null;
}

export interface DocumentBody {
  readonly sessionId: string;
  readonly sha256: string;
  readonly body: TrdBody;
}

export const OVER: readonly SessionStatus[] = ['completed', 'completed_degraded', 'failed', 'cancelled'];

/** Waits until the session is in one of the statuses; fails with what it saw last. */
export async function until(
  service: ServiceProcess,
  id: string,
  statuses: readonly SessionStatus[] = OVER,
  timeoutMs = 90_000,
): Promise<SessionBody> {
  for (const end = Date.now() + timeoutMs; ; await sleep(150)) {
    const session = await service.call<SessionBody>('GET', `/v1/sessions/${id}`);
    if (statuses.includes(session.status)) return session;
    if (OVER.includes(session.status) || Date.now() > end) {
      throw new Error(
        `session ${id} is not ${statuses.join(', ')} but ${session.status}\n${service.said.slice(-4000)}`,
      );
    }
  }
}

export async function documentOf(service: ServiceProcess, id: string): Promise<DocumentBody> {
  return service.call<DocumentBody>('GET', `/v1/sessions/${id}/document`);
}

/** Runs a brief to its end and gives its document. */
export async function produce(service: ServiceProcess, file: string): Promise<DocumentBody> {
  const { id } = await service.call<SessionBody>('POST', '/v1/sessions', sessionBody(file));
  await until(service, id, ['completed', 'completed_degraded']);
  return documentOf(service, id);
}
