import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';
import { QUERY_ERROR_TYPES, queryErrorTypeOf } from '../database/query-error-type.js';
import { type FinishedQuery, QueryProfiler } from '../database/query-profiler.js';
import { QUERY_OPERATIONS, type QueryOperation } from '../database/query-shape.js';
import { DURATION_BUCKETS } from './buckets.js';

const DURATION = 'tech_spec_db_query_duration_seconds';
const ERRORS = 'tech_spec_db_errors_total';
const SLOW = 'tech_spec_slow_queries_total';

export const QUERY_METRICS = [
  makeHistogramProvider({
    name: DURATION,
    help: 'Seconds of one statement of the program, by what it does; failed ones too.',
    labelNames: ['operation'],
    buckets: DURATION_BUCKETS,
  }),
  makeCounterProvider({
    name: ERRORS,
    help: 'Statements that failed, by what they do and why.',
    labelNames: ['operation', 'error_type'],
  }),
  makeCounterProvider({ name: SLOW, help: 'Statements slower than QUERY_SLOW_MS.' }),
];

/** Statements of the program's pool; those of the workflow engine run in its own. */
@Injectable()
export class QueryMetrics implements OnModuleInit, OnModuleDestroy {
  private readonly timers = new Map<QueryOperation, (seconds: number) => void>();
  private stop?: () => void;

  constructor(
    @InjectMetric(DURATION) private readonly duration: Histogram,
    @InjectMetric(ERRORS) private readonly errors: Counter,
    @InjectMetric(SLOW) private readonly slow: Counter,
    private readonly profiler: QueryProfiler,
  ) {}

  onModuleInit(): void {
    for (const operation of QUERY_OPERATIONS) {
      this.duration.zero({ operation });
      // Looked up once: hashing labels for each statement costs more than counting it.
      const child = this.duration.labels({ operation });
      this.timers.set(operation, (seconds) => child.observe(seconds));
      for (const error_type of QUERY_ERROR_TYPES) this.errors.inc({ operation, error_type }, 0);
    }
    this.slow.inc(0);
    this.stop = this.profiler.listen((query) => this.count(query));
  }

  onModuleDestroy(): void {
    this.stop?.();
  }

  private count({ shape: { operation }, ms, isSlow, error }: FinishedQuery): void {
    this.timers.get(operation)?.(ms / 1000);
    if (error !== undefined) this.errors.inc({ operation, error_type: queryErrorTypeOf(error) });
    if (isSlow) this.slow.inc();
  }
}
