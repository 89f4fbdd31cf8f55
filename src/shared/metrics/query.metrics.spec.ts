import { Test, type TestingModule } from '@nestjs/testing';
import { register } from 'prom-client';
import { type FinishedQuery, QueryProfiler } from '../database/query-profiler.js';
import { shapeOf } from '../database/query-shape.js';
import { QUERY_METRICS, QueryMetrics } from './query.metrics.js';

describe('the family of the database: statements', () => {
  let module: TestingModule;
  const listeners = new Set<(query: FinishedQuery) => void>();
  const tell = (sql: string, query: Partial<FinishedQuery> = {}) =>
    listeners.forEach((listener) => listener({ shape: shapeOf(sql), ms: 1, isSlow: false, ...query }));
  const valueOf = async (sample: string) =>
    Number(
      (await register.metrics())
        .split('\n')
        .find((line) => line.startsWith(`${sample} `))
        ?.split(' ')[1],
    );
  const count = (operation: string) => valueOf(`tech_spec_db_query_duration_seconds_count{operation="${operation}"}`);
  const errors = (operation: string, type: string) =>
    valueOf(`tech_spec_db_errors_total{operation="${operation}",error_type="${type}"}`);

  beforeEach(async () => {
    register.clear();
    const listen = (listener: (query: FinishedQuery) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    const providers = [...QUERY_METRICS, QueryMetrics, { provide: QueryProfiler, useValue: { listen } }];
    module = await Test.createTestingModule({ providers }).compile();
    await module.init();
  });
  afterEach(async () => {
    await module.close();
    register.clear();
  });

  it('every child of the closed sets is there at 0 before anything was asked', async () => {
    expect([await count('select'), await count('other'), await errors('update', 'conflict')]).toEqual([0, 0, 0]);
    expect(await valueOf('tech_spec_slow_queries_total')).toBe(0);
  });

  it('counts each statement by what it does, in seconds, and slow ones', async () => {
    tell('SELECT 1', { ms: 1500, isSlow: true });
    tell('SELECT 2');
    tell('WITH a AS (SELECT 1) DELETE FROM t');
    expect([await count('select'), await count('delete'), await count('insert')]).toEqual([2, 1, 0]);
    expect(await valueOf('tech_spec_db_query_duration_seconds_sum{operation="select"}')).toBeCloseTo(1.501);
    expect(await valueOf('tech_spec_slow_queries_total')).toBe(1);
  });

  it('counts failures by why, beside their time', async () => {
    tell('UPDATE t SET a = 1', { error: Object.assign(new Error('x'), { code: '40P01' }) });
    expect([await errors('update', 'conflict'), await errors('update', 'other')]).toEqual([1, 0]);
    expect(await count('update')).toBe(1);
  });

  it('ends with its application', async () => {
    await module.close();
    expect(listeners.size).toBe(0);
  });
});
