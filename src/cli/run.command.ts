import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { createApp } from '../app.js';
import { type Environment, loadConfig } from '../config/load-config.js';
import { DEFAULT_WORKSPACE_ID } from '../modules/identity/identity.types.js';
import { DecisionsService } from '../modules/sessions/decisions.service.js';
import { DocumentsService } from '../modules/sessions/documents.service.js';
import { SessionCreation } from '../modules/sessions/session-creation.js';
import { SessionStream } from '../modules/sessions/session-stream.js';
import { SessionQueries } from '../modules/sessions/sessions.queries.js';
import type { CreateSession } from '../modules/sessions/sessions.schemas.js';
import { type Caller, SessionsService } from '../modules/sessions/sessions.service.js';
import type { SessionStatus } from '../modules/sessions/sessions.types.js';
import { mintWorkspaceScope } from '../shared/database/workspace-scope.mint.js';
import { answerDecisions, answerPlan } from './answers.js';
import { Questions } from './questions.js';
import { asUsageError, type Format, type RunInput, type RunOptions } from './run-input.js';
import { RunProgress } from './run-progress.js';
import { out, progress } from './usage.js';

/**
 * `run BRIEF.md`: does the main job in this process, on the configured database, and writes the document.
 * @param input read and checked before anything is started
 * @throws UsageError for bad input (exit code 2), Error when the session fails (1)
 */
export async function run(
  { session, format }: RunInput,
  options: RunOptions,
  environment: Environment,
  root: string,
): Promise<void> {
  const config = loadConfig(environment, root);
  // The terminal belongs to the progress and the document; the log is for those who ask for it.
  const quiet = environment.LOG_LEVEL ? config : { ...config, log: { ...config.log, level: 'silent' as const } };
  const app = await createApp(quiet);
  try {
    const document = await new Run(app, options.ask === true).document(session, format);
    if (options.out === undefined) out(document);
    else {
      writeFileSync(resolve(options.out), document);
      progress(`Written to ${options.out}`);
    }
  } finally {
    await app.close();
  }
}

/** One session from its creation to its document. */
class Run {
  private readonly caller: Caller = { scope: mintWorkspaceScope(DEFAULT_WORKSPACE_ID), keyId: 'command-line' };

  constructor(
    private readonly app: INestApplicationContext,
    private readonly ask: boolean,
  ) {}

  async document(input: CreateSession, format: Format): Promise<string> {
    const id = await this.create(input);
    const status = await this.follow(id);
    if (status !== 'completed' && status !== 'completed_degraded') throw new Error(await this.reason(id, status));
    if (status === 'completed_degraded')
      progress('Some facts could not be had: the document says which (status completed_degraded).');
    const documents = this.app.get(DocumentsService);
    const { scope } = this.caller;
    if (format === 'html') return documents.html(scope, id);
    if (format === 'json') return `${JSON.stringify(await documents.find(scope, id), null, 2)}\n`;
    return documents.markdown(scope, id);
  }

  private async create(input: CreateSession): Promise<string> {
    try {
      const { body } = await this.app.get(SessionCreation).create(this.caller, input, undefined);
      const { id } = body as { id: string };
      progress(`Session ${id}`);
      return id;
    } catch (error) {
      throw asUsageError(error);
    }
  }

  /** Prints the events until the session is over, answering what it waits for. */
  private async follow(id: string): Promise<SessionStatus> {
    const lines = new RunProgress(performance.now());
    const stop = new AbortController();
    for await (const event of this.app.get(SessionStream).follow(this.caller.scope, id, 0, stop.signal)) {
      if (!event) continue;
      const line = lines.line(event, performance.now());
      if (line) progress(line);
      if (event.kind === 'session.plan_awaited' || event.kind === 'session.decision_awaited')
        await this.answer(id, event.kind);
    }
    return (await this.app.get(SessionQueries).session(this.caller.scope, id)).status;
  }

  private async answer(id: string, kind: string): Promise<void> {
    if (!this.ask) return;
    const questions = new Questions();
    try {
      const queries = this.app.get(SessionQueries);
      const gaps = await queries.gaps(this.caller.scope, id);
      if (kind === 'session.plan_awaited') {
        await answerPlan(questions, gaps, id);
        await this.app.get(SessionsService).resume(this.caller, id);
      } else
        await answerDecisions(questions, gaps, id, (decision) =>
          this.app.get(DecisionsService).take(this.caller, id, decision),
        );
    } finally {
      questions.close();
    }
  }

  private async reason(id: string, status: SessionStatus): Promise<string> {
    const { error } = await this.app.get(SessionQueries).session(this.caller.scope, id);
    return `session ${id} ended as ${status}${error ? `: ${JSON.stringify(error)}` : ''}`;
  }
}
