import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { createApp } from '../app.js';
import { type Environment, loadConfig } from '../config/load-config.js';
import { DEFAULT_WORKSPACE_ID } from '../modules/identity/identity.types.js';
import { decodeBrief, parseBriefMarkdown } from '../modules/sessions/brief/brief-markdown.js';
import { DecisionsService } from '../modules/sessions/decisions.service.js';
import { DocumentsService } from '../modules/sessions/documents.service.js';
import { SessionCreation } from '../modules/sessions/session-creation.js';
import { SessionStream } from '../modules/sessions/session-stream.js';
import { SessionQueries } from '../modules/sessions/sessions.queries.js';
import { type CreateSession, createSessionSchema } from '../modules/sessions/sessions.schemas.js';
import { type Caller, SessionsService } from '../modules/sessions/sessions.service.js';
import type { SessionStatus } from '../modules/sessions/sessions.types.js';
import { mintWorkspaceScope } from '../shared/database/workspace-scope.mint.js';
import { AppError } from '../shared/errors/app-error.js';
import { answerDecisions, answerPlan } from './answers.js';
import { Questions } from './questions.js';
import { manifestsOf, readFolder } from './read-folder.js';
import { RunProgress } from './run-progress.js';
import { out, progress, UsageError } from './usage.js';

export interface RunOptions {
  readonly code?: string;
  readonly out?: string;
  readonly format?: string;
  readonly ask?: boolean;
}

/**
 * `run BRIEF.md`: does the main job in this process, on the configured database, and writes the document.
 * Every input is read and checked before anything is started.
 * @throws UsageError for bad input (exit code 2), Error when the session fails (1)
 */
export async function run(
  file: string | undefined,
  options: RunOptions,
  environment: Environment,
  root: string,
): Promise<void> {
  const format = formatOf(options);
  const input = readInput(file, options);
  checkOutput(options.out);
  const config = loadConfig(environment, root);
  // The terminal belongs to the progress and the document; the log is for those who ask for it.
  const quiet = environment.LOG_LEVEL ? config : { ...config, log: { ...config.log, level: 'silent' as const } };
  const app = await createApp(quiet);
  try {
    const document = await new Run(app, options.ask === true).document(input, format);
    if (options.out === undefined) out(document);
    else {
      writeFileSync(resolve(options.out), document);
      progress(`Written to ${options.out}`);
    }
  } finally {
    await app.close();
  }
}

type Format = 'md' | 'json' | 'html';

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

function formatOf({ format, out: file }: RunOptions): Format {
  const wanted = format ?? /\.(json|html)$/.exec(file ?? '')?.[1] ?? 'md';
  if (wanted === 'md' || wanted === 'json' || wanted === 'html') return wanted;
  throw new UsageError(`--format must be md, json or html, not "${wanted}"`);
}

function readInput(file: string | undefined, { code, ask }: RunOptions): CreateSession {
  if (!file)
    throw new UsageError('run needs a brief: techspec run BRIEF.md (an example: docs/examples/web-shop-orders.md)');
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`${file} is not a file`);
  if (code && !statSync(code, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--code ${code} is not a folder`);
  const mode = ask ? ('ask' as const) : ('auto' as const);
  const files = code ? manifestsOf(readFolder(resolve(code))) : undefined;
  const parsed = createSessionSchema.safeParse({
    ...readBriefFile(file),
    files,
    options: { plan: mode, decisions: mode },
  });
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `${file}: ${parsed.error.issues.map((issue) => `${issue.path.join('/')}: ${issue.message}`).join('; ')}`,
  );
}

function readBriefFile(file: string) {
  try {
    const { name, ...brief } = parseBriefMarkdown(decodeBrief(readFileSync(file)));
    return { name, brief };
  } catch (error) {
    throw asUsageError(error, file);
  }
}

/** By opening it: rights, a full path and a read-only disk show in no other way. What it made is removed again. */
function checkOutput(file: string | undefined): void {
  if (file === undefined) return;
  const path = resolve(file);
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--out ${file}: the folder ${folder} does not exist`);
  const before = statSync(path, { throwIfNoEntry: false });
  if (before?.isDirectory()) throw new UsageError(`--out ${file} is a folder: name a file in it`);
  try {
    closeSync(openSync(path, 'a'));
    if (!before) rmSync(path);
  } catch (error) {
    throw new UsageError(`--out ${file} can't be written (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
}

/** An input's mistakes on one line; other errors as they are. */
function asUsageError(error: unknown, file?: string): unknown {
  if (!(error instanceof AppError) || (error.kind !== 'invalid' && error.kind !== 'malformed')) return error;
  const mistakes = error.errors.map(({ pointer, message }) => (pointer ? `${pointer}: ${message}` : message));
  const told = mistakes.filter((mistake) => !error.message.includes(mistake));
  return new UsageError(`${file ? `${file}: ` : ''}${[error.message, ...told].join('; ')}`);
}
