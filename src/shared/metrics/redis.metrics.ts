import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Gauge } from 'prom-client';
import { RedisService } from '../redis/redis.service.js';
import type { RedisStatistics } from '../redis/redis.types.js';
import { ScrapeCollectors } from './scrape-collectors.js';

const SIZE = 'tech_spec_redis_pool_size';
const IN_USE = 'tech_spec_redis_pool_in_use';
const WAITING = 'tech_spec_redis_pool_waiting';
const COMMANDS = 'tech_spec_redis_commands_total';
const ERRORS = 'tech_spec_redis_errors_total';

export const REDIS_METRICS = [
  makeGaugeProvider({ name: SIZE, help: 'Most sockets to Redis that are opened (REDIS_MAX_CONNECTIONS).' }),
  makeGaugeProvider({ name: IN_USE, help: 'Sockets to Redis that are open.' }),
  makeGaugeProvider({ name: WAITING, help: 'Commands that wait for their answer from Redis.' }),
  makeCounterProvider({ name: COMMANDS, help: 'Commands given to Redis.' }),
  makeCounterProvider({ name: ERRORS, help: 'Commands and connections to Redis that failed.' }),
];

/** The sockets to Redis. */
@Injectable()
export class RedisPoolGauges {
  constructor(
    @InjectMetric(SIZE) private readonly size: Gauge,
    @InjectMetric(IN_USE) private readonly inUse: Gauge,
    @InjectMetric(WAITING) private readonly waiting: Gauge,
  ) {}

  show({ maxConnections, inUse, waiting }: RedisStatistics): void {
    this.size.set(maxConnections);
    this.inUse.set(inUse);
    this.waiting.set(waiting);
  }
}

/** Redis as metrics, read at the scrape: no command pays for being counted twice. */
@Injectable()
export class RedisMetrics implements OnModuleInit {
  constructor(
    @InjectMetric(COMMANDS) private readonly commands: Counter,
    @InjectMetric(ERRORS) private readonly errors: Counter,
    private readonly pool: RedisPoolGauges,
    private readonly redis: RedisService,
    private readonly collectors: ScrapeCollectors,
  ) {}

  onModuleInit(): void {
    this.collectors.add('redis', () => Promise.resolve(this.collect()));
  }

  private collect(): void {
    const statistics = this.redis.statistics();
    this.pool.show(statistics);
    // Totals of the process already: each is shown as it stands.
    this.commands.reset();
    this.commands.inc(statistics.commands);
    this.errors.reset();
    this.errors.inc(statistics.errors);
  }
}
