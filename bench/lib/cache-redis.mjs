import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { freePort } from '../../scripts/service.mjs';

/** A Redis of the bench's own on loopback, without persistence, that can be hung, killed and replaced. */
export async function ownRedis(scratch) {
  const port = await freePort();
  const folder = scratch.folder('redis');
  let child = await launch(port, folder);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  scratch.onClean(kill);
  return {
    url: `redis://127.0.0.1:${port}`,
    /** A client of the bench's own, closed with the figure. */
    client: () => connect(scratch, port),
    hang: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    kill,
    /** An empty server on the same port, once the former one is dead. */
    replace: async () => {
      await kill();
      child = await launch(port, folder);
    },
  };
}

async function launch(port, folder) {
  const options = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder };
  const child = spawn(
    'redis-server',
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  );
  let failure;
  child.once('error', (error) => (failure = error));
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await sleep(5)) {
    if (failure)
      throw new Error(`redis-server can't be started (${failure.message}): this figure needs one on the PATH`);
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    if (await answers(port)) return child;
  }
  child.kill('SIGKILL');
  throw new Error('redis-server did not answer within 10 s');
}

async function answers(port) {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    end(client);
  }
}

/** A client whose attempt to connect has failed is closed already, and says so by an exception. */
function end(client) {
  if (client.isOpen) client.destroy();
}

async function connect(scratch, port) {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: () => 20 } });
  client.on('error', () => undefined);
  await client.connect();
  scratch.onClean(() => end(client));
  return client;
}
