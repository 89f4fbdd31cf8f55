import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { Clock } from '../shared/clock/clock.js';
import { DatabaseConnection } from '../shared/database/database-connection.js';
import type { SchemaState } from '../shared/database/schema-state.js';
import { DependencyChecks } from './dependency-checks.js';

const CURRENT = { pending: [], engineReady: true } as unknown as SchemaState;

describe('the checks of what the program depends on', () => {
  let nowMs: number;
  let asked: number;
  let answer: () => Promise<SchemaState>;
  let checks: DependencyChecks;
  beforeEach(async () => {
    nowMs = 0;
    asked = 0;
    answer = () => Promise.resolve(CURRENT);
    const module = await Test.createTestingModule({
      imports: [TerminusModule.forRoot({ logger: false })],
      providers: [
        DependencyChecks,
        { provide: Clock, useValue: { monotonicMs: () => nowMs } },
        {
          provide: DatabaseConnection,
          useValue: {
            schema: () => {
              asked += 1;
              return answer();
            },
          },
        },
      ],
    }).compile();
    checks = module.get(DependencyChecks);
  });

  it('probes that come together cost one look', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => checks.required()));
    expect(asked).toBe(1);
    expect(new Set(all.map((states) => JSON.stringify(states)))).toEqual(
      new Set(['{"database":"up","migrations":"up"}']),
    );
  });

  it('a good answer holds for a second and not longer', async () => {
    await checks.required();
    nowMs = 999;
    await checks.required();
    expect(asked).toBe(1);
    nowMs = 1000;
    await checks.required();
    expect(asked).toBe(2);
  });

  it('a bad answer is not remembered, so that readiness returns with the database', async () => {
    answer = () => Promise.reject(new Error('away'));
    await expect(checks.required()).resolves.toEqual({ database: 'down', migrations: 'down' });
    answer = () => Promise.resolve({ ...CURRENT, engineReady: false });
    await expect(checks.required()).resolves.toEqual({ database: 'up', migrations: 'down' });
    answer = () => Promise.resolve(CURRENT);
    await expect(checks.required()).resolves.toEqual({ database: 'up', migrations: 'up' });
    expect(asked).toBe(3);
  });

  it('a database that never answers is down within the deadline', async () => {
    answer = () => new Promise(() => undefined);
    await expect(checks.required()).resolves.toEqual({ database: 'down', migrations: 'down' });
  });
});
