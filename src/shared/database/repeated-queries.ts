import { currentDeadline, type RequestFacts } from '../logging/request-context.js';
import type { DatabaseLog } from './database-log.js';
import type { QueryShape } from './query-shape.js';

/** Counts the shapes of each request and tells, once for each, of one that runs too often: rows loaded one by one (N+1). */
export class RepeatedQueries {
  private readonly counts = new WeakMap<RequestFacts, Map<string, number>>();

  /** @param limit runs of one shape in one request that are fine */
  constructor(
    private readonly limit: number,
    private readonly log: DatabaseLog,
  ) {}

  note(request: RequestFacts, { id, text, operation }: QueryShape): void {
    // Transaction control comes with each transaction, and an event stream asks for as long as it lasts.
    if (operation === 'other' || currentDeadline()?.isRunning === false) return;
    const counts = this.counts.get(request) ?? new Map<string, number>();
    const count = (counts.get(id) ?? 0) + 1;
    this.counts.set(request, counts.set(id, count));
    if (count !== this.limit + 1) return;
    const { route, requestId } = request;
    this.log('warn', 'one query again and again in one request: load its rows together', {
      count,
      route,
      requestId,
      shape: id,
      query: text,
    });
  }
}
