import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../config/config.js';
import { Clock } from '../clock/clock.js';
import { currentRequest, type RequestFacts } from '../logging/request-context.js';
import { sqlState } from './database-errors.js';
import { componentLog, type DatabaseLog } from './database-log.js';
import type { QueryPlan } from './query-plan.js';
import { type QueryShape, shapeOf } from './query-shape.js';
import { RepeatedQueries } from './repeated-queries.js';

/** Whom a statement without a request belongs to. */
export const BACKGROUND = 'background';
const UNMATCHED = '__unmatched__';

/** Distinct texts whose shape is remembered, and their characters together; a longer one is worked out each time. */
const MOST_TEXTS = 1000;
const MOST_CHARACTERS = 4_000_000;
/** Shapes that are counted; beyond, the one that took the least time leaves. */
const MOST_SHAPES = 500;

/** A statement with its parameters, which are never logged nor kept. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** What one shape cost this process since its start. */
export interface ShapeStatistics {
  readonly shape: QueryShape;
  readonly count: number;
  readonly errors: number;
  /** How often it took longer than QUERY_SLOW_MS. */
  readonly slow: number;
  /** Rows that came back, or were written. */
  readonly rows: number;
  readonly totalMs: number;
  readonly maxMs: number;
  /** Route template, `background` or `__unmatched__`. */
  readonly lastRoute: string;
  /** Milliseconds since 1970. */
  readonly lastAtMs: number;
  /** Of the first time it was slow; without its values. */
  readonly plan?: QueryPlan;
}

/** One statement that has ended. */
export interface FinishedQuery {
  readonly shape: QueryShape;
  readonly ms: number;
  readonly isSlow: boolean;
  /** What it failed with. */
  readonly error?: unknown;
  /** Absent: nobody's request. */
  readonly request?: RequestFacts;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** Gives the plan of a slow statement; undefined when it cannot be had now. */
type Planner = (statement: Statement) => Promise<QueryPlan | undefined>;

/**
 * Sees every statement of the program's pool and knows what each shape costs, who asked last, and which were slow. In
 * memory, bounded, of this process; texts without values alone.
 */
@Injectable()
export class QueryProfiler {
  /** When counting began. */
  readonly since: Date;
  readonly slowMs: number;
  private readonly log: DatabaseLog = componentLog();
  private readonly shapes = new LRUCache<string, QueryShape>({
    max: MOST_TEXTS,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (_shape, text) => text.length + 1,
  });
  private readonly statistics = new Map<string, Mutable<ShapeStatistics>>();
  private readonly planned = new WeakSet<ShapeStatistics>();
  private readonly listeners = new Set<(query: FinishedQuery) => void>();
  private readonly repeated?: RepeatedQueries;
  private planner?: Planner;

  constructor(
    config: Config,
    private readonly clock: Clock,
  ) {
    const { slowQueryMs, repeatedQueryLimit } = config.database;
    this.since = clock.now();
    this.slowMs = slowQueryMs;
    if (repeatedQueryLimit > 0) this.repeated = new RepeatedQueries(repeatedQueryLimit, this.log);
  }

  /** `listener` is told of each statement, at once; it must be quick and must not throw. @returns ends that */
  listen(listener: (query: FinishedQuery) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Who is asked for the plan of a statement that was slow, once for each shape. */
  plannedBy(planner: Planner): void {
    this.planner = planner;
  }

  /** The shapes that took the most time, all their runs together. */
  top(most: number): readonly ShapeStatistics[] {
    return [...this.statistics.values()].sort((a, b) => b.totalMs - a.totalMs).slice(0, most);
  }

  /**
   * A statement has ended.
   * @param outcome rows, or the error it failed with
   */
  ended(statement: Statement, ms: number, outcome: { readonly rows: number } | { readonly error: unknown }): void {
    const shape = this.shapeOf(statement.text);
    const request = currentRequest();
    const isSlow = ms >= this.slowMs;
    const error = 'error' in outcome ? outcome.error : undefined;
    const entry = this.entryOf(shape);
    entry.count += 1;
    entry.totalMs += ms;
    if (ms > entry.maxMs) entry.maxMs = ms;
    if ('rows' in outcome) entry.rows += outcome.rows;
    else entry.errors += 1;
    entry.lastRoute = request === undefined ? BACKGROUND : (request.route ?? UNMATCHED);
    entry.lastAtMs = this.clock.nowMs();
    for (const listener of this.listeners) listener({ shape, ms, isSlow, error, request });
    if (request !== undefined) this.repeated?.note(request, shape);
    if (isSlow) this.tellSlow(entry, statement, { ms, request, ...outcome });
  }

  private shapeOf(text: string): QueryShape {
    const known = this.shapes.get(text);
    if (known !== undefined) return known;
    const shape = shapeOf(text);
    this.shapes.set(text, shape);
    return shape;
  }

  private entryOf(shape: QueryShape): Mutable<ShapeStatistics> {
    const known = this.statistics.get(shape.id);
    if (known !== undefined) return known;
    if (this.statistics.size >= MOST_SHAPES) this.dropCheapest();
    const numbers = { count: 0, errors: 0, slow: 0, rows: 0, totalMs: 0, maxMs: 0 };
    const entry = { shape, ...numbers, lastRoute: BACKGROUND, lastAtMs: 0 };
    this.statistics.set(shape.id, entry);
    return entry;
  }

  private dropCheapest(): void {
    const cheapest = [...this.statistics.values()].reduce((a, b) => (b.totalMs < a.totalMs ? b : a));
    this.statistics.delete(cheapest.shape.id);
  }

  private tellSlow(
    entry: Mutable<ShapeStatistics>,
    statement: Statement,
    run: { ms: number; request?: RequestFacts; rows?: number; error?: unknown },
  ): void {
    entry.slow += 1;
    this.log('warn', 'slow query', {
      ms: Math.round(run.ms),
      ...(run.error === undefined ? { rows: run.rows } : { failed: sqlState(run.error) ?? 'unknown' }),
      route: entry.lastRoute,
      ...(run.request && { requestId: run.request.requestId }),
      shape: entry.shape.id,
      query: entry.shape.text,
    });
    if (entry.shape.isExplainable && !this.planned.has(entry)) void this.plan(entry, statement);
  }

  /** Once for each shape, whether or not it comes to something: a server in need is not asked again and again. */
  private async plan(entry: Mutable<ShapeStatistics>, statement: Statement): Promise<void> {
    if (this.planner === undefined) return;
    this.planned.add(entry);
    const plan = await this.planner(statement);
    if (plan === undefined) return;
    entry.plan = plan;
    this.log('warn', 'plan of a slow query', { shape: entry.shape.id, plan: plan.steps });
  }
}
