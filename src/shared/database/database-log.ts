import { Logger as NestLogger } from '@nestjs/common';
import type { Logger as TypeOrmLogger } from 'typeorm';
import { toldMessage } from '../logging/told-error.js';

/** Where the database part writes; `fields` are for machines. */
export type DatabaseLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** The program's logger under the component `database` (`LOG_LEVEL_DATABASE`). */
export function componentLog(): DatabaseLog {
  const logger = new NestLogger('database');
  const methods = { debug: 'debug', info: 'log', warn: 'warn', error: 'error' } as const;
  return (level, message, fields) => logger[methods[level]](fields ? { ...fields, msg: message } : message);
}

/**
 * TypeORM's events as log lines: SQL at debug level. Never the parameters: they hold briefs,
 * hashes of keys and bodies of evidence.
 */
export class SqlLogger implements TypeOrmLogger {
  /** @param sql every statement as well; TypeORM asks a logger of one's own about none of its levels. */
  constructor(
    private readonly write: DatabaseLog,
    private readonly sql = false,
  ) {}

  logQuery(query: string): void {
    if (this.sql) this.write('debug', query);
  }

  logQueryError(error: string | Error, query: string): void {
    this.write('debug', 'query failed', { query, reason: typeof error === 'string' ? error : toldMessage(error) });
  }

  /** Never asked: the profiler tells slow queries, with the request that waited for them. */
  logQuerySlow(): void {}

  logSchemaBuild(message: string): void {
    this.write('debug', message);
  }

  logMigration(message: string): void {
    this.write('info', message);
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    this.write(level === 'log' ? 'debug' : level, String(message));
  }
}
