import { Injectable } from '@nestjs/common';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { SessionEventsRepository } from './session-events.repository.js';
import type { SessionEvent } from './sessions.types.js';
import { isTerminal } from './transitions.js';

const PAGE = 200;
const POLL_MS = 150;
const HEARTBEAT_MS = 15_000;

/** `undefined` is a heartbeat: nothing happened, the line is alive. */
export type StreamItem = SessionEvent | undefined;

/**
 * The events of a session as they are committed. The table is the only source and is asked again and again: a listener
 * would be one more connection that can die silently, and a page costs one indexed read. Numbers are gapless in commit
 * order, so a reader that comes back with the last number it saw misses nothing and sees nothing twice.
 */
@Injectable()
export class SessionStream {
  constructor(private readonly events: SessionEventsRepository) {}

  /**
   * Ends when the session is over and everything was told, or when `signal` fires.
   * An unknown session has no items.
   */
  async *follow(scope: WorkspaceScope, id: string, after: number, signal: AbortSignal): AsyncGenerator<StreamItem> {
    let last = after;
    let quietMs = 0;
    while (!signal.aborted) {
      const page = await this.events.after(scope, id, last, PAGE);
      // Deleted under the reader: what is left to tell is nothing.
      if (!page) return;
      for (const event of page.events) {
        yield event;
        last = event.seq;
      }
      if (last >= page.lastSeq && isTerminal(page.status)) return;
      if (page.events.length > 0) quietMs = 0;
      else await sleep(POLL_MS, signal);
      quietMs += POLL_MS;
      if (quietMs >= HEARTBEAT_MS) {
        quietMs = 0;
        yield undefined;
      }
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** One item in the format of server-sent events. The data is one line of JSON, so it needs no splitting. */
export function sse(item: StreamItem): string {
  if (!item) return ': still here\n\n';
  const data = { seq: item.seq, kind: item.kind, at: item.at.toISOString(), ...item.data };
  return `id: ${item.seq}\nevent: ${item.kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
