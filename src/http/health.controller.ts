import { Controller, Get, Header, HttpCode, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Limit } from './limit.decorator.js';
import { Config } from '../config/config.js';
import { Drain } from '../shared/health/drain.js';
import { RedisService } from '../shared/redis/redis.service.js';
import { DependencyChecks, type RequiredStates } from './dependency-checks.js';
import { Public } from './public.decorator.js';

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
    checks: z
      .record(z.string(), z.string())
      .meta({ description: '`up` or `down`; redis: `up`, `away`, or `off` without REDIS_URL' }),
    degraded: z.array(z.string()).meta({ description: 'What does not work now and what follows from it' }),
  })
  .meta({
    example: {
      status: 'ok',
      version: '0.1.0',
      role: 'all',
      uptimeSeconds: 42,
      checks: { database: 'up', migrations: 'up', redis: 'off' },
      degraded: [],
    },
  });

/** Probes: never limited, without a key, and cheap. */
@ApiTags('health')
@Public()
@Limit('none')
@Controller('health')
export class HealthController {
  constructor(
    private readonly dependencies: DependencyChecks,
    private readonly redis: RedisService,
    private readonly drain: Drain,
    private readonly config: Config,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Summary for people: what runs, since when, and what does not work' })
  @ApiResponse({ status: 200, description: 'Always 200 while the process answers', standardSchema: summary })
  async summary(): Promise<z.infer<typeof summary>> {
    const required = await this.dependencies.required();
    const checks = { ...required, redis: this.redis.state };
    const degraded = [...missingOf(required).map((name) => `${name}: ${FOLLOWS}`), ...this.withoutRedis()];
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
    const required = await this.dependencies.required();
    const status = this.drain.draining ? 'draining' : missingOf(required).length ? 'not-ready' : 'ready';
    if (status !== 'ready') void reply.status(503).header('retry-after', '2');
    return { status, checks: { ...required } };
  }

  /** Its state is known without asking: connections report it, and a probe runs while it is away. */
  private withoutRedis(): string[] {
    return this.redis.state === 'away'
      ? ['redis: no call fails, but each process caches for itself until it is back']
      : [];
  }
}

const FOLLOWS = 'calls that need it answer 503 until it is back';

const missingOf = (states: RequiredStates): string[] =>
  Object.entries(states)
    .filter(([, state]) => state !== 'up')
    .map(([name]) => name);
