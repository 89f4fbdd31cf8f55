import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environment } from './config/environment.js';
import { HELP, out, progress, UsageError } from './cli/usage.js';

const OPTIONS = {
  code: { type: 'string' },
  out: { type: 'string' },
  format: { type: 'string' },
  ask: { type: 'boolean' },
  batch: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** What each command takes besides --help; anything else is refused, so that nothing is ignored in silence. */
const COMMANDS: Readonly<Record<string, { readonly argument: boolean; readonly options: readonly string[] }>> = {
  run: { argument: true, options: ['code', 'out', 'format', 'ask'] },
  analyze: { argument: true, options: ['format', 'batch'] },
  doctor: { argument: false, options: [] },
  migrate: { argument: false, options: [] },
};

/** dist/src/cli.js lies two folders below package.json. */
const root = resolve(import.meta.dirname, '..', '..');

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // Node's advice after the first sentence is about operands that begin with a dash.
    const [said = ''] = (error instanceof Error ? error.message : String(error)).split('. ', 1);
    throw new UsageError(`${said} (techspec help)`);
  }
}

function checkUse(command: string, options: readonly string[], operands: readonly string[]): void {
  const known = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!known) throw new UsageError(`there is no command "${command}" (techspec help)`);
  const surplus = operands.slice(known.argument ? 1 : 0);
  if (surplus.length) throw new UsageError(`too many arguments: ${surplus.join(' ')} (techspec help)`);
  const foreign = options.filter((option) => !known.options.includes(option));
  if (foreign.length) throw new UsageError(`${command} takes no --${foreign.join(', --')} (techspec help)`);
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Each command is loaded when it is asked for: `analyze` starts in the time of its own imports. */
async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [command, argument] = positionals;
  if (values.version) return out(`${version()}\n`);
  if (values.help || !command || command === 'help') return out(HELP);
  checkUse(command, Object.keys(values), positionals.slice(1));
  if (command === 'analyze') return (await import('./cli/analyze.command.js')).analyze(argument, values);
  if (command === 'run') {
    const input = (await import('./cli/run-input.js')).readRun(argument, values);
    return (await import('./cli/run.command.js')).run(input, values, environment(), root);
  }
  if (command === 'doctor') return (await import('./cli/doctor.command.js')).doctor(environment(), root);
  return (await import('./cli/migrate.command.js')).runMigrations(environment(), root);
}

try {
  await main();
} catch (error) {
  progress(`techspec: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
