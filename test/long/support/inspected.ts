import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'undici';
import type { ServiceProcess } from '../../support/service.js';

/** For the environment of a process that is looked into: it listens for a debugger on a free port of this machine. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/** What a process holds, once everything was collected that can be. */
export interface Held {
  readonly heapBytes: number;
  /** How many of each kind of resource keep its event loop alive. */
  readonly resources: Readonly<Record<string, number>>;
}

interface Reply {
  readonly id: number;
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

const EXPRESSION = `JSON.stringify({ heapBytes: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo() })`;

/** Looks into a running service through its inspector: nothing of it has to be built for that. */
export async function heldBy(service: ServiceProcess): Promise<Held> {
  const [, address] = /Debugger listening on (ws:\S+)/.exec(service.said) ?? [];
  if (address === undefined) throw new Error('the process does not listen for a debugger');
  const socket = new WebSocket(address);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('no debugger')));
  });
  let calls = 0;
  const call = (method: string, params: object = {}) =>
    new Promise<Reply>((resolve) => {
      const id = ++calls;
      const listen = ({ data }: { data: unknown }) => {
        const reply = JSON.parse(String(data)) as Reply;
        if (reply.id !== id) return;
        socket.removeEventListener('message', listen);
        resolve(reply);
      };
      socket.addEventListener('message', listen);
      socket.send(JSON.stringify({ id, method, params }));
    });
  for (let times = 0; times < 3; times++) {
    await call('HeapProfiler.collectGarbage');
    await sleep(50);
  }
  const { result } = await call('Runtime.evaluate', { expression: EXPRESSION });
  socket.close();
  const { heapBytes, resources } = JSON.parse(String(result?.result?.value)) as {
    heapBytes: number;
    resources: string[];
  };
  const counts: Record<string, number> = {};
  for (const name of resources) counts[name] = (counts[name] ?? 0) + 1;
  return { heapBytes, resources: counts };
}
