import { Logger } from '@nestjs/common';
import type { RedisAddress } from '../../config/redis-url.js';
import type { Clock } from '../clock/clock.js';
import { reasonOf } from './redis-failure.js';

/** Between two warnings about a Redis that comes and goes. */
const AGAIN_MS = 30_000;

/** What the log says of Redis: one line when it goes, one when it is back; never user or password. */
export class RedisNotices {
  private readonly log = new Logger('redis');
  private readonly where: string;
  private told = false;
  private toldAt = -Infinity;
  private wasUp = false;

  constructor(
    { topology, nodes }: RedisAddress,
    private readonly clock: Clock,
  ) {
    const hosts = nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
    this.where = topology === 'single' ? hosts : `${topology} ${hosts}`;
  }

  up(): void {
    if (this.told) this.log.log(`Redis is there (${this.where})`);
    this.wasUp = true;
    this.told = false;
  }

  away(cause: unknown): void {
    const now = this.clock.monotonicMs();
    if (this.told || now - this.toldAt < AGAIN_MS) return this.log.debug(`Redis is away: ${reasonOf(cause)}`);
    this.told = true;
    this.toldAt = now;
    const what = this.wasUp ? 'Redis is away' : 'REDIS_URL leads to no Redis that can be used';
    this.log.warn(`${what} (${this.where}): ${reasonOf(cause)}. The service works without it and keeps trying`);
  }

  detail(about: string, error: unknown): void {
    this.log.debug(`${about}: ${reasonOf(error)}`);
  }
}
