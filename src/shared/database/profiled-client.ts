import type pg from 'pg';
import type { QueryProfiler, Statement } from './query-profiler.js';

type Run = (...parameters: readonly unknown[]) => unknown;

/**
 * From now on the profiler is told of each statement of the connection that is awaited. Those with a callback are the pool's own;
 * streams (COPY, cursors) end when their reader is done, which says nothing about the database.
 */
export function profile(client: pg.PoolClient, profiler: QueryProfiler): void {
  const owner = client as unknown as { query: Run };
  const run = owner.query.bind(client);
  owner.query = (...parameters) => {
    const began = performance.now();
    const running = run(...parameters);
    const text = running instanceof Promise ? textOf(parameters[0]) : undefined;
    if (text === undefined) return running;
    return (running as Promise<unknown>).then(
      (result) => {
        profiler.ended(statementOf(text, parameters), performance.now() - began, { rows: rowsOf(result) });
        return result;
      },
      (error: unknown) => {
        profiler.ended(statementOf(text, parameters), performance.now() - began, { error });
        throw error;
      },
    );
  };
}

function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement;
  const { text } = statement as { readonly text?: unknown };
  return typeof text === 'string' ? text : undefined;
}

function statementOf(text: string, [first, second]: readonly unknown[]): Statement {
  const values = typeof first === 'object' ? (first as pg.QueryConfig).values : undefined;
  return { text, parameters: (values ?? second ?? []) as readonly unknown[] };
}

/** Several statements in one text have a list of results. */
function rowsOf(result: unknown): number {
  const last = (Array.isArray(result) ? result.at(-1) : result) as { readonly rowCount?: number | null } | undefined;
  return last?.rowCount ?? 0;
}
