import { Injectable, Module } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Config } from '../../config/config.js';
import { ClockModule } from '../clock/clock.module.js';
import { BulkService } from './bulk/bulk.service.js';
import { tooManyConnections } from './connection-budget.js';
import { dataSourceOptions, warmUp } from './data-source-options.js';
import { DatabaseConnection } from './database-connection.js';
import { sqlState } from './database-errors.js';
import { componentLog } from './database-log.js';
import { DeclaredReads } from './declared-reads.js';
import { DatabasePool } from './pool-statistics.js';
import { QueryPlans } from './query-plans.js';
import { QueryProfiler } from './query-profiler.js';
import { Transactions } from './transaction.js';

@Module({
  imports: [ClockModule],
  providers: [
    QueryProfiler,
    {
      provide: DatabaseConnection,
      inject: [Config],
      useFactory: (config: Config) => DatabaseConnection.open(config, componentLog()),
    },
  ],
  exports: [DatabaseConnection, QueryProfiler],
})
class DatabaseConnectionModule {}

/** Opens the pool's base connections at the start, and ends things in the only order that works: pool, then server. */
@Injectable()
class DatabaseLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly connection: DatabaseConnection,
    private readonly source: DataSource,
    private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    await warmUp(this.source, this.config.database.poolSize);
    await this.compareWithServer();
  }

  /** Never in the way of a start: the processes of a rolling deploy are twice as many for a moment. */
  private async compareWithServer(): Promise<void> {
    const log = componentLog();
    const run = (sql: string, parameters: readonly unknown[]) => this.source.query<unknown[]>(sql, [...parameters]);
    try {
      const warning = await tooManyConnections(run, this.config, 'starting');
      if (warning !== undefined) log('warn', warning);
    } catch (error) {
      log('debug', 'the connections of all processes could not be counted', { reason: sqlState(error) ?? 'unknown' });
    }
  }

  /** In the last of the shutdown hooks; what uses the database ends in an earlier one. */
  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
    await this.connection.stop();
  }
}

/**
 * The database of the program. Repositories inject `DataSource` or `DeclaredReads`, services `Transactions`, both `BulkService` for rows
 * in numbers; the workflow engine and health inject `DatabaseConnection`, reports `DatabasePool`, and who asks about statements
 * `QueryProfiler` and `QueryPlans`.
 */
@Module({
  imports: [
    DatabaseConnectionModule,
    TypeOrmModule.forRootAsync({
      imports: [DatabaseConnectionModule],
      inject: [DatabaseConnection, Config, QueryProfiler],
      useFactory: (connection: DatabaseConnection, config: Config, profiler: QueryProfiler) => ({
        ...dataSourceOptions(config, connection.url, componentLog(), profiler),
        autoLoadEntities: true,
        // The connection has answered already: a second failure is no matter of patience.
        retryAttempts: 0,
      }),
    }),
  ],
  providers: [DatabaseLifecycle, DatabasePool, DeclaredReads, QueryPlans, Transactions, BulkService],
  exports: [DatabaseConnectionModule, DatabasePool, DeclaredReads, QueryPlans, Transactions, BulkService],
})
export class DatabaseModule {}
