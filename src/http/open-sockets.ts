import type { Server, ServerResponse, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

const SWEEP_MS = 50;

/**
 * Every connection with its answers in flight. Node's `closeIdleConnections` spares a connection that never sent a
 * request, and an event stream never ends by itself: either would hold a stop until its hard end.
 */
export class OpenSockets {
  private readonly busy = new Map<Socket, number>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.busy.set(socket, 0);
      socket.once('close', () => this.busy.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      this.count(socket, 1);
      response.once('close', () => this.count(socket, -1));
    });
  }

  /**
   * Closes idle connections now and busy ones as they fall idle; what is still busy after `graceMs` is cut. Clients of
   * an event stream come back with Last-Event-ID.
   * @returns stops the sweeping
   */
  close(graceMs: number): () => void {
    const from = performance.now();
    const sweep = () => {
      const late = performance.now() - from >= graceMs;
      for (const [socket, answers] of this.busy) if (late || answers === 0) socket.destroy();
    };
    sweep();
    const timer = setInterval(sweep, SWEEP_MS);
    return () => clearInterval(timer);
  }

  private count(socket: Socket, change: number): void {
    const answers = this.busy.get(socket);
    if (answers !== undefined) this.busy.set(socket, answers + change);
  }
}
