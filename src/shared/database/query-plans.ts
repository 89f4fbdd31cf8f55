import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import { outsideOfRequests } from '../logging/request-context.js';
import { sqlState } from './database-errors.js';
import { type Ask, namedQuery } from './named-queries.js';
import { normaliseSql } from './normalise-sql.js';
import { type QueryPlan, queryPlanOf } from './query-plan.js';
import { QueryProfiler, type Statement } from './query-profiler.js';
import { runInTransaction } from './transaction.js';
import type { WorkspaceScope } from './workspace-scope.js';

/** Longest that making a plan may take, and running the statement when that is asked for. */
const LONGEST_MS = 1500;
/** Slow statements whose plan waits to be made; further ones go without. */
const MOST_WAITING = 20;
const TIMED_OUT = '57014';

/** The plan of a named query, with what it is. */
export interface NamedPlan extends QueryPlan {
  readonly name: string;
  readonly about: string;
  /** With `?` for values. */
  readonly query: string;
}

/** The name is none of those `GET /v1/dashboard/queries` lists. */
export const queryUnknown = () =>
  new AppError('not-found', 'query_unknown', 'No query has this name; GET /v1/dashboard/queries lists them.');

/**
 * Asks the server how it runs statements: in a read-only transaction that is not long, and never statements from outside. What
 * was slow is planned in the background, one after the other, and not run again.
 */
@Injectable()
export class QueryPlans implements OnModuleInit, BeforeApplicationShutdown {
  private waiting = 0;
  private last: Promise<unknown> = Promise.resolve();
  private isClosing = false;

  constructor(
    private readonly source: DataSource,
    private readonly profiler: QueryProfiler,
  ) {}

  onModuleInit(): void {
    this.profiler.plannedBy((statement) => outsideOfRequests(() => this.inTurn(statement)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    await this.last;
  }

  /**
   * The plan of a named query with parameters of the workspace.
   * @param analyze runs it, in at most 1.5 s, and tells times, rows and pages
   * @throws AppError 404 `query_unknown`, 504 `query_plan_timeout`
   */
  async named(name: string, scope: WorkspaceScope, analyze: boolean): Promise<NamedPlan> {
    const query = namedQuery(name);
    if (query === undefined) throw queryUnknown();
    try {
      return await this.reading(async (manager) => {
        const ask: Ask = (text, parameters) => manager.query(text, [...parameters]);
        const statement = await query.statement(scope, ask);
        const plan = await explain(manager, statement, analyze ? 'ANALYZE, BUFFERS, FORMAT JSON' : 'FORMAT JSON');
        return { name, about: query.about, query: normaliseSql(statement.text), ...plan };
      });
    } catch (error) {
      if (sqlState(driverErrorOf(error)) !== TIMED_OUT) throw error;
      throw new AppError(
        'upstream-timeout',
        'query_plan_timeout',
        `The query took longer than ${LONGEST_MS / 1000} s: ask for its plan without analyze=true.`,
        { cause: error },
      );
    }
  }

  private async inTurn(statement: Statement): Promise<QueryPlan | undefined> {
    if (this.waiting >= MOST_WAITING) return undefined;
    this.waiting += 1;
    const plan = this.last.then(() => (this.isClosing ? undefined : this.planOf(statement)));
    this.last = plan;
    try {
      return await plan;
    } finally {
      this.waiting -= 1;
    }
  }

  /** A server that gives none has worse to tell, and tells it elsewhere. */
  private planOf(statement: Statement): Promise<QueryPlan | undefined> {
    return this.reading((manager) => explain(manager, statement, 'FORMAT JSON')).catch(() => undefined);
  }

  private reading<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const reading = async (manager: EntityManager) => {
      await manager.query('SET TRANSACTION READ ONLY');
      return work(manager);
    };
    return runInTransaction(this.source, reading, { statementTimeoutMs: LONGEST_MS, retries: 0 });
  }
}

/** With its own parameters, since PostgreSQL 15 knows no plan without any; they stay out of what is kept. */
async function explain(manager: EntityManager, { text, parameters }: Statement, options: string): Promise<QueryPlan> {
  const rows: { 'QUERY PLAN': unknown }[] = await manager.query(`EXPLAIN (${options}) ${text}`, [...parameters]);
  return queryPlanOf(rows[0]?.['QUERY PLAN']);
}

/** TypeORM wraps what the driver threw. */
function driverErrorOf(error: unknown): unknown {
  return error instanceof Error && 'driverError' in error ? error.driverError : error;
}
