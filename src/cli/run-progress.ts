import type { SessionEvent } from '../modules/sessions/sessions.types.js';

/** Turns the events of a session into lines for a person: what is done, how many gaps, how long. */
export class RunProgress {
  private gapsDone = 0;

  constructor(private readonly startedAt: number) {}

  /** The line of an event; undefined for events that tell a person nothing new. */
  line({ kind, data }: SessionEvent, nowMs: number): string | undefined {
    const text = this.text(kind, data);
    if (text === undefined) return undefined;
    const seconds = ((nowMs - this.startedAt) / 1000).toFixed(1).padStart(5);
    const progress = typeof data.progress === 'number' ? `${String(data.progress).padStart(3)} %` : '     ';
    return `${seconds} s ${progress}  ${text}`;
  }

  private text(kind: string, data: SessionEvent['data']): string | undefined {
    if (kind === 'node.failed')
      return `${nodeOf(data)} failed: ${String(data.message ?? data.code ?? 'no reason given')}`;
    if (kind === 'node.finished') {
      if (data.node === 'research') this.gapsDone += 1;
      const took = typeof data.durationMs === 'number' ? ` (${data.durationMs} ms)` : '';
      return data.node === 'research' ? `${nodeOf(data)}: ${this.gapsDone} gaps done${took}` : `${nodeOf(data)}${took}`;
    }
    return kind.startsWith('session.') ? kind.slice('session.'.length).replace(/_/g, ' ') : undefined;
  }
}

const nodeOf = ({ node, gapId, category }: SessionEvent['data']) => [node, gapId, category].filter(Boolean).join(' ');
