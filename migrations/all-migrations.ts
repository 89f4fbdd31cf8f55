import type { MigrationInterface } from 'typeorm';
import { Initial1700000000001 } from './0001-initial.js';
import { HttpInstances1700000000002 } from './0002-http-instances.js';
import { AuditByMonth1700000000003 } from './0003-audit-by-month.js';
import { SessionLists1700000000004 } from './0004-session-lists.js';
import { Statistics1700000000005 } from './0005-statistics.js';
import { AuditMonthsFilled1700000000006 } from './0006-audit-months-filled.js';
import { CodeAnalyses1700000000007 } from './0007-code-analyses.js';

/**
 * One that must run outside a transaction (CREATE INDEX CONCURRENTLY). Interrupted, it leaves an INVALID index behind
 * that still costs every write and blocks the name: those named here are dropped before it runs again.
 */
export interface ConcurrentMigration extends MigrationInterface {
  readonly transaction: false;
  readonly indexes: readonly string[];
}

export type MigrationClass = new () => MigrationInterface;

/** In order. An explicit list: what runs is what is imported, under the tests as from the build. */
export const ALL_MIGRATIONS: readonly MigrationClass[] = [
  Initial1700000000001,
  HttpInstances1700000000002,
  AuditByMonth1700000000003,
  SessionLists1700000000004,
  Statistics1700000000005,
  AuditMonthsFilled1700000000006,
  CodeAnalyses1700000000007,
];
