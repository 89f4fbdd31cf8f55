import type { Config } from '../../config/config.js';
import { CheckedPool } from './checked-pool.js';
import { dataSourceOptions } from './data-source-options.js';
import { SqlLogger } from './database-log.js';

const DATABASE = {
  poolSize: 20,
  maxOverflow: 10,
  poolTimeoutMs: 1_000,
  workerPoolTimeoutMs: 30_000,
  poolRecycleMs: 3_600_000,
  poolPrePing: true,
  slowQueryMs: 100,
  repeatedQueryLimit: 0,
  readTimeoutMs: 1_500,
  writeTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
};

function options(log: Partial<Config['log']> = {}, database = DATABASE, lines: string[] = []) {
  const config = { database, log: { level: 'info' as const, components: {}, ...log } };
  return dataSourceOptions(config, 'postgresql://app@localhost/x', (_level, line) =>
    lines.push(line),
  ) as unknown as Record<string, unknown> & {
    extra: Record<string, unknown>;
    driver: { Pool: unknown };
    logger: SqlLogger;
  };
}

describe('the options of the pool', () => {
  it('keep the base open and let the overflow come and go', () => {
    const { poolSize, extra } = options();
    expect([extra['min'], poolSize, extra['idleTimeoutMillis']]).toEqual([20, 30, 10_000]);
  });

  it('wait for nothing without a limit', () => {
    expect(options().extra).toMatchObject({
      connectionTimeoutMillis: 5_000,
      maxLifetimeSeconds: 3_600,
      statement_timeout: 30_000,
      query_timeout: 31_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 5_000,
    });
  });

  it('check a connection before use only when asked to', () => {
    expect(options().driver.Pool).toBe(CheckedPool);
    expect(options({}, { ...DATABASE, poolPrePing: false }).driver.Pool).not.toBe(CheckedPool);
  });

  it('write SQL at debug level, of the program or of the component database', () => {
    const writes = (log: Partial<Config['log']>): boolean => {
      const lines: string[] = [];
      options(log, DATABASE, lines).logger.logQuery('SELECT 1');
      return lines.includes('SELECT 1');
    };
    expect(writes({})).toBe(false);
    expect(writes({ level: 'debug' })).toBe(true);
    expect(writes({ components: { database: 'debug' } })).toBe(true);
    expect(writes({ level: 'debug', components: { database: 'warn' } })).toBe(false);
  });
});

describe('the SQL log', () => {
  it('never tells what was in a statement', () => {
    const lines: unknown[][] = [];
    const logger = new SqlLogger((...line) => lines.push(line), true);
    const all = logger as unknown as Record<string, (...words: unknown[]) => void>;
    all['logQuery']?.('SELECT $1', ['secret']);
    all['logQueryError']?.(new Error('syntax'), 'SELECT $1', ['secret']);
    expect(lines.map(([level]) => level)).toEqual(['debug', 'debug']);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });
});
