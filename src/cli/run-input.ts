import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { decodeBrief, parseBriefMarkdown } from '../modules/sessions/brief/brief-markdown.js';
import { type CreateSession, createSessionSchema } from '../modules/sessions/sessions.schemas.js';
import { AppError } from '../shared/errors/app-error.js';
import { manifestsOf, readFolder } from './read-folder.js';
import { UsageError } from './usage.js';

export interface RunOptions {
  readonly code?: string;
  readonly out?: string;
  readonly format?: string;
  readonly ask?: boolean;
}

export type Format = 'md' | 'json' | 'html';

export interface RunInput {
  readonly session: CreateSession;
  readonly format: Format;
}

/**
 * What `run` is to do. Apart from the command, so that bad input is told before the program is loaded.
 * @throws UsageError for bad input
 */
export function readRun(file: string | undefined, options: RunOptions): RunInput {
  const format = formatOf(options);
  const session = readInput(file, options);
  checkOutput(options.out);
  return { session, format };
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
export function asUsageError(error: unknown, file?: string): unknown {
  if (!(error instanceof AppError) || (error.kind !== 'invalid' && error.kind !== 'malformed')) return error;
  const mistakes = error.errors.map(({ pointer, message }) => (pointer ? `${pointer}: ${message}` : message));
  const told = mistakes.filter((mistake) => !error.message.includes(mistake));
  return new UsageError(`${file ? `${file}: ` : ''}${[error.message, ...told].join('; ')}`);
}
