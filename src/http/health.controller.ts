import { Controller, Get, Header, HttpCode, Res } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Config } from '../config/config.js';
import { DatabaseConnection } from '../shared/database/database-connection.js';
import { Drain } from '../shared/health/drain.js';
import { Public } from './public.decorator.js';

const DEADLINE_MS = 800;

const live = z.object({ status: z.literal('ok') }).meta({ example: { status: 'ok' } });
const ready = z
  .object({ status: z.enum(['ready', 'draining', 'not-ready']), checks: z.record(z.string(), z.string()) })
  .meta({ example: { status: 'ready', checks: { database: 'up', migrations: 'up' } } });
const summary = z
  .object({
    status: z.enum(['ok', 'degraded', 'draining']),
    version: z.string(),
    role: z.string(),
    uptimeSeconds: z.int(),
    checks: z.record(z.string(), z.string()),
    degraded: z.array(z.string()).meta({ description: 'What does not work now and what follows from it' }),
  })
  .meta({
    example: {
      status: 'ok',
      version: '0.1.0',
      role: 'all',
      uptimeSeconds: 42,
      checks: { database: 'up', migrations: 'up' },
      degraded: [],
    },
  });

/** Probes: never limited, without a key, and cheap. */
@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: DatabaseConnection,
    private readonly drain: Drain,
    private readonly config: Config,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Summary for people: what runs, since when, and what does not work' })
  @ApiResponse({ status: 200, description: 'Always 200 while the process answers', standardSchema: summary })
  async summary(): Promise<z.infer<typeof summary>> {
    const checks = await this.checks();
    const degraded = Object.entries(checks)
      .filter(([, state]) => state !== 'up')
      .map(([name]) => `${name}: calls that need it answer 503 until it is back`);
    return {
      status: this.drain.draining ? 'draining' : degraded.length ? 'degraded' : 'ok',
      version: this.config.version,
      role: this.config.role,
      uptimeSeconds: Math.floor(process.uptime()),
      checks,
      degraded,
    };
  }

  /** Touches nothing: a restart does not bring a lost database back. */
  @Get('live')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether the process runs' })
  @ApiResponse({ status: 200, description: 'It does', standardSchema: live })
  live(): z.infer<typeof live> {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether requests should be sent here' })
  @ApiResponse({ status: 200, description: 'Database and migrations are there', standardSchema: ready })
  @ApiResponse({ status: 503, description: 'Draining, or something is missing', standardSchema: ready })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<z.infer<typeof ready>> {
    const checks = await this.checks();
    const missing = Object.values(checks).some((state) => state !== 'up');
    const status = this.drain.draining ? 'draining' : missing ? 'not-ready' : 'ready';
    if (status !== 'ready') void reply.status(503).header('retry-after', '2');
    return { status, checks };
  }

  private async checks(): Promise<Record<string, string>> {
    // One look at the database for both checks: a probe must not cost two connections.
    const schema = this.database.schema();
    const database = this.indicators.check('database').attempt(async () => void (await schema));
    const migrations = this.indicators.check('migrations').attempt(async () => {
      const { pending, engineReady } = await schema;
      if (pending.length || !engineReady) throw new Error('the schema is older than this release');
    });
    try {
      const { details } = await this.health.check([
        () => database.withTimeout(DEADLINE_MS),
        () => migrations.withTimeout(DEADLINE_MS),
      ]);
      return states(details);
    } catch (failure) {
      // Terminus reports a failed check as an exception that carries the report.
      return states(reportOf(failure));
    }
  }
}

type Details = Readonly<Record<string, { readonly status: string }>>;

const states = (details: Details) =>
  Object.fromEntries(Object.entries(details).map(([name, { status }]) => [name, status]));

function reportOf(failure: unknown): Details {
  const response =
    typeof failure === 'object' && failure !== null && 'getResponse' in failure
      ? (failure as { getResponse(): unknown }).getResponse()
      : undefined;
  const details =
    typeof response === 'object' && response !== null && 'details' in response ? response.details : undefined;
  if (typeof details !== 'object' || details === null) throw failure;
  return details as Details;
}
