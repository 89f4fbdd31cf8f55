import type { INestApplicationContext } from '@nestjs/common';
import { QueryProfiler } from '../../src/shared/database/query-profiler.js';

/** What was asked of the database for requests, in order; texts without values. */
export interface CountedQueries<T> {
  readonly result: T;
  readonly count: number;
  readonly queries: readonly string[];
}

/**
 * Counts the statements that requests of this application cause while `work` runs; what it does in the background is nobody's
 * request. The look at the key is left out: it belongs to whichever request of a second comes first.
 */
export async function queryCount<T>(app: INestApplicationContext, work: () => Promise<T>): Promise<CountedQueries<T>> {
  const queries: string[] = [];
  const end = app.get(QueryProfiler, { strict: false }).listen(({ request, shape }) => {
    if (request !== undefined && !/FROM api_keys WHERE id = \?/.test(shape.text)) queries.push(shape.text);
  });
  try {
    const result = await work();
    return { result, count: queries.length, queries };
  } finally {
    end();
  }
}
