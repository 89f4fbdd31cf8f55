import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { Limit } from '../../../src/http/limit.decorator.js';
import { Produces } from '../../../src/http/negotiation.js';
import { Public } from '../../../src/http/public.decorator.js';
import { ResponseCache } from '../../../src/http/response-cache.decorator.js';
import { Clock } from '../../../src/shared/clock/clock.js';
import { runInTransaction } from '../../../src/shared/database/transaction.js';
import { readJson } from '../../../src/shared/egress/body.js';
import { ConfiguredOrigin } from '../../../src/shared/egress/configured-origin.js';
import type { EgressResult } from '../../../src/shared/egress/egress.types.js';

/** Milliseconds that a request of these tests has. */
export const DEADLINE_MS = 800;

/** Set by the test; the calls of `upstream` go there. */
export const upstream: { url: string; readonly results: EgressResult[]; origin?: ConfiguredOrigin } = {
  url: '',
  results: [],
};

const STEPS = `INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), $1)`;

/** Calls that take longer than they may, each in its own way. */
@Public()
@Limit('default')
@Controller('slow')
export class SlowController {
  /** What still ran after its caller had been told. */
  static readonly after: string[] = [];

  constructor(private readonly database: DataSource) {}

  @Get('query')
  query() {
    return this.database.query('SELECT pg_sleep(20)');
  }

  @Get('queries')
  async queries() {
    for (;;) await this.database.query('SELECT pg_sleep(0.05)');
  }

  @Get('backend')
  async backend() {
    const rows = await this.database.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
    return rows[0];
  }

  @Get('nothing')
  async nothing() {
    await sleep(DEADLINE_MS * 2);
    SlowController.after.push('nothing');
    return { late: true };
  }

  @Get('failing')
  async failing() {
    await sleep(DEADLINE_MS * 1.5);
    throw new Error('too late to matter');
  }

  @Get('upstream')
  async upstream() {
    upstream.origin ??= originOf();
    return upstream.origin.get({ path: '/a/latest' }, readJson);
  }

  @Post('write')
  write() {
    return runInTransaction(this.database, async (manager) => {
      await manager.query(STEPS, ['half a write']);
      await manager.query('SELECT pg_sleep(20)');
    });
  }

  @Post('write-then-wait')
  async writeThenWait() {
    await runInTransaction(this.database, async (manager) => {
      await manager.query(STEPS, ['a whole write']);
      await sleep(DEADLINE_MS * 1.2);
    });
    return {};
  }

  @Post('abandoned')
  abandoned() {
    return runInTransaction(this.database, async (manager) => {
      await manager.query('SELECT pg_sleep(0.2)');
      await manager.query(STEPS, ['an abandoned write']);
    });
  }

  @Get('shared')
  @ResponseCache({ ttl: 60, scope: 'public' })
  shared() {
    return this.database.query(`SELECT 'shared' AS what, pg_sleep(${DEADLINE_MS / 2000})::text AS slept`);
  }

  @Get('cached')
  @ResponseCache({ ttl: 60, scope: 'public' })
  cached() {
    return this.database.query('SELECT pg_sleep(20)');
  }

  @Get('stream')
  @Produces('text/event-stream')
  stream(@Res() reply: FastifyReply): void {
    const { database } = this;
    async function* events() {
      for (let n = 1; n <= 6; n += 1) {
        await sleep(DEADLINE_MS / 3);
        const rows = await database.query<{ n: number }[]>('SELECT $1::int AS n', [n]);
        yield `data: ${rows[0]!.n}\n\n`;
      }
    }
    void reply.type('text/event-stream').send(Readable.from(events(), { objectMode: false }));
  }
}

function originOf(): ConfiguredOrigin {
  const recorder = {
    request: (_: string, result: EgressResult) => void upstream.results.push(result),
    breaker: () => undefined,
  };
  return new ConfiguredOrigin(
    {
      upstream: 'test',
      origin: new URL(upstream.url),
      deadlineMs: 20_000,
      maxBytes: 1000,
      breaker: { failures: 1, halfOpenAfterMs: 60_000 },
    },
    { clock: new Clock(), recorder },
  );
}
