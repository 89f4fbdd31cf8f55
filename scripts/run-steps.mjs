import { spawnSync } from 'node:child_process';

/** Runs commands one after the other, prints a line for each with its seconds, stops at the first that fails. */
export function runSteps(steps) {
  for (const { name, command, env } of steps) {
    const startedAt = Date.now();
    process.stdout.write(`\n▶ ${name}: ${command.join(' ')}\n`);
    const [file, ...args] = command;
    const result = spawnSync(file, args, {
      stdio: 'inherit',
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
    });
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    if (result.status !== 0) {
      process.stdout.write(`✗ ${name} failed after ${seconds} s\n`);
      process.exit(result.status ?? 1);
    }
    process.stdout.write(`✓ ${name}: ${seconds} s\n`);
  }
}
