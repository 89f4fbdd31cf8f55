import { Injectable, Module } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Config } from '../../config/config.js';
import { BulkService } from './bulk/bulk.service.js';
import { dataSourceOptions, warmUp } from './data-source-options.js';
import { DatabaseConnection } from './database-connection.js';
import { componentLog } from './database-log.js';
import { DatabasePool } from './pool-statistics.js';
import { Transactions } from './transaction.js';

@Module({
  providers: [
    {
      provide: DatabaseConnection,
      inject: [Config],
      useFactory: (config: Config) => DatabaseConnection.open(config, componentLog()),
    },
  ],
  exports: [DatabaseConnection],
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
  }

  /** In the last of the shutdown hooks; what uses the database ends in an earlier one. */
  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
    await this.connection.stop();
  }
}

/**
 * The database of the program. Repositories inject `DataSource`, services `Transactions`, both `BulkService` for rows in
 * numbers; the workflow engine and health inject `DatabaseConnection`, reports `DatabasePool`.
 */
@Module({
  imports: [
    DatabaseConnectionModule,
    TypeOrmModule.forRootAsync({
      imports: [DatabaseConnectionModule],
      inject: [DatabaseConnection, Config],
      useFactory: (connection: DatabaseConnection, config: Config) => ({
        ...dataSourceOptions(config, connection.url, componentLog()),
        autoLoadEntities: true,
        // The connection has answered already: a second failure is no matter of patience.
        retryAttempts: 0,
      }),
    }),
  ],
  providers: [DatabaseLifecycle, DatabasePool, Transactions, BulkService],
  exports: [DatabaseConnectionModule, DatabasePool, Transactions, BulkService],
})
export class DatabaseModule {}
