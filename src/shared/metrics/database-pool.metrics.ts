import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import { Counter, Gauge, Histogram } from 'prom-client';
import { DatabasePool } from '../database/pool-statistics.js';
import { DURATION_BUCKETS } from './buckets.js';
import { ScrapeCollectors } from './scrape-collectors.js';

const ACTIVE = 'tech_spec_db_connections_active';
const IDLE = 'tech_spec_db_connections_idle';
const MAX = 'tech_spec_db_connections_max';
const WAITING = 'tech_spec_db_connections_waiting';
const WAIT = 'tech_spec_db_connection_wait_seconds';
const TIMEOUTS = 'tech_spec_db_connection_timeouts_total';

export const DATABASE_POOL_METRICS = [
  makeGaugeProvider({ name: ACTIVE, help: 'Connections of the pool that a query or a transaction has.' }),
  makeGaugeProvider({ name: IDLE, help: 'Connections of the pool that nobody has.' }),
  makeGaugeProvider({ name: MAX, help: 'Most connections that are opened (DB_POOL_SIZE and DB_MAX_OVERFLOW).' }),
  makeGaugeProvider({ name: WAITING, help: 'Callers who wait for a connection.' }),
  makeHistogramProvider({
    name: WAIT,
    help: 'Seconds that callers waited for a connection, those in vain among them.',
    buckets: DURATION_BUCKETS,
  }),
  makeCounterProvider({ name: TIMEOUTS, help: 'Callers who got no connection within DB_POOL_TIMEOUT.' }),
];

/** Places of the pool. */
@Injectable()
export class DatabasePoolGauges {
  constructor(
    @InjectMetric(ACTIVE) private readonly active: Gauge,
    @InjectMetric(IDLE) private readonly idle: Gauge,
    @InjectMetric(MAX) private readonly max: Gauge,
    @InjectMetric(WAITING) private readonly waiting: Gauge,
  ) {}

  show({ active, idle, max, waiting }: Readonly<Record<'active' | 'idle' | 'max' | 'waiting', number>>): void {
    this.active.set(active);
    this.idle.set(idle);
    this.max.set(max);
    this.waiting.set(waiting);
  }
}

/** The pool of the database as metrics: its waits as they end, all else read at the scrape. */
@Injectable()
export class DatabasePoolMetrics implements OnModuleInit {
  constructor(
    @InjectMetric(WAIT) private readonly wait: Histogram,
    @InjectMetric(TIMEOUTS) private readonly timeouts: Counter,
    private readonly gauges: DatabasePoolGauges,
    private readonly pool: DatabasePool,
    private readonly collectors: ScrapeCollectors,
  ) {}

  onModuleInit(): void {
    this.pool.onWait((ms) => this.wait.observe(ms / 1000));
    this.collectors.add('database pool', () => Promise.resolve(this.collect()));
  }

  private collect(): void {
    const statistics = this.pool.statistics();
    this.gauges.show(statistics);
    // A total of the process already: shown as it stands.
    this.timeouts.reset();
    this.timeouts.inc(statistics.timeouts);
  }
}
