import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { environment } from './config/environment.js';
import { HELP, out, progress, UsageError } from './cli/usage.js';

const OPTIONS = {
  code: { type: 'string' },
  out: { type: 'string' },
  format: { type: 'string' },
  ask: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** dist/src/cli.js lies two folders below package.json. */
const root = resolve(import.meta.dirname, '..', '..');

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} (techspec help)`);
  }
}

/** Each command is loaded when it is asked for: `analyze` starts in the time of its own imports. */
async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [command, argument, ...rest] = positionals;
  if (values.help || !command || command === 'help') return out(HELP);
  if (rest.length) throw new UsageError(`too many arguments: ${rest.join(' ')} (techspec help)`);
  if (command === 'analyze')
    return (await import('./cli/analyze.command.js')).analyze(argument, values.format ?? 'table');
  if (command === 'run') return (await import('./cli/run.command.js')).run(argument, values, environment(), root);
  if (command === 'doctor') return (await import('./cli/doctor.command.js')).doctor(environment(), root);
  if (command === 'migrate') return (await import('./cli/migrate.command.js')).runMigrations(environment(), root);
  throw new UsageError(`there is no command "${command}" (techspec help)`);
}

try {
  await main();
} catch (error) {
  progress(`techspec: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
