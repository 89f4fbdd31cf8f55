import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './build-if-stale.mjs';

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The environment without what a shell of ours may have set: the service starts as a stranger's would. */
export function cleanEnvironment(extra) {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|LANG|TMPDIR|USER|npm_config_.*|SystemRoot)$/i.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

/**
 * Starts the built service in a process of its own and waits until it is ready.
 * @returns its address, key, a JSON call, the process, and stop() which waits for the exit code
 */
export async function startService({ dataDir, env = {}, timeoutMs = 60_000, command } = {}) {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const [file, ...args] = command ?? [
    process.execPath,
    '--max-old-space-size=512',
    '--max-semi-space-size=8',
    join(root, 'dist', 'src', 'main.js'),
  ];
  const child = spawn(file, args, {
    cwd: root,
    env: cleanEnvironment({
      PORT: String(port),
      TECHSPEC_DATA: dataDir,
      LOG_LEVEL: 'warn',
      RATE_LIMIT_ENABLED: 'false',
      ...env,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (output.stdout += text));
  child.stderr.on('data', (text) => (output.stderr += text));
  const startedAt = performance.now();
  while (!(await isReady(address))) {
    if (child.exitCode !== null || child.signalCode)
      throw new Error(`the service stopped (${child.exitCode ?? child.signalCode}):\n${output.stderr}`);
    if (performance.now() - startedAt > timeoutMs) {
      child.kill('SIGKILL');
      throw new Error(`the service was not ready within ${timeoutMs} ms:\n${output.stderr}`);
    }
    await sleep(20);
  }
  const readyMs = performance.now() - startedAt;
  const key = env.TECHSPEC_API_KEY ?? readFileSync(join(dataDir, 'api-key'), 'utf8').trim();
  const call = (method, path, { body, headers = {} } = {}) =>
    fetch(`${address}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      body: body && JSON.stringify(body),
    });
  const stop = async (signal = 'SIGINT') => {
    if (child.exitCode !== null || child.signalCode) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = await exited;
    return code;
  };
  return { address, port, key, call, child, output, readyMs, stop };
}

async function isReady(address) {
  try {
    return (await fetch(`${address}/health/ready`)).ok;
  } catch {
    return false;
  }
}

const OVER = new Set(['completed', 'completed_degraded', 'failed', 'cancelled']);

/** Posts a session and waits until it is over; returns what GET says of it. */
export async function runSession(service, body, timeoutMs = 120_000) {
  const created = await service.call('POST', '/v1/sessions', { body });
  if (created.status !== 201) throw new Error(`POST /v1/sessions: ${created.status} ${await created.text()}`);
  return waitForSession(service, created.headers.get('location'), timeoutMs);
}

export async function waitForSession(service, path, timeoutMs = 120_000) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const session = await (await service.call('GET', path)).json();
    if (OVER.has(session.status)) return { ...session, path };
    if (performance.now() > deadline) throw new Error(`${path} is still ${session.status} after ${timeoutMs} ms`);
    await sleep(25);
  }
}
