import { Injectable, Logger } from '@nestjs/common';
import {
  DEFAULT_IPV6_SUBNET_PREFIX,
  InjectThrottlerStorage,
  normalizeIp,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { AppError } from '../shared/errors/app-error.js';
import { HttpMetrics } from '../shared/metrics/http.metrics.js';
import type { LimitRecord } from '../shared/rate-limit/limit-storage.js';
import './fastify-request.js';
import { type LimitPolicy, RequestLimits, tooMany } from './request-limits.js';

/** Takes calls from the throttler's buckets and says no; guards say which, and handlers where only they know the cost. */
@Injectable()
export class Limits {
  private readonly logger = new Logger('RateLimit');
  /** Calls under way, by key. */
  private readonly underWay = new Map<string, number>();

  constructor(
    @InjectThrottlerStorage() private readonly storage: ThrottlerStorage,
    private readonly metrics: HttpMetrics,
    private readonly config: Config,
  ) {}

  get enabled(): boolean {
    return this.config.rateLimit.enabled;
  }

  /** An IPv6 caller commands a whole /64, so that is what counts. @throws AppError 429 `rate_limited` */
  takeOfAddress(request: FastifyRequest): Promise<void> {
    return this.take(request, 'address', normalizeIp(request.ip, DEFAULT_IPV6_SUBNET_PREFIX));
  }

  /** @param client whom the bucket belongs to: an address or the id of a key @throws AppError 429 `rate_limited` */
  async take(request: FastifyRequest, policy: LimitPolicy, client: string): Promise<void> {
    const { address, classes } = this.config.rateLimit;
    const { limit, windowMs } = policy === 'address' ? address : classes[policy];
    const { decision } = (await this.storage.increment(client, windowMs, limit, 0, policy)) as LimitRecord;
    (request.limits ??= new RequestLimits()).note(policy, decision);
    if (!decision.admitted) this.refuse(policy, tooMany(policy, decision));
  }

  /**
   * Counts a call among those of its key that are under way, until it ends, and lets its handler charge more.
   * @throws AppError 429 `too_many_at_once`
   */
  enter(request: FastifyRequest, keyId: string): void {
    const count = this.underWay.get(keyId) ?? 0;
    const { concurrent } = this.config.rateLimit;
    if (count >= concurrent) this.refuse('concurrent', tooManyAtOnce(concurrent));
    this.underWay.set(keyId, count + 1);
    const limits = (request.limits ??= new RequestLimits());
    limits.holds(() => this.leave(keyId));
    limits.charge = (policy) => this.take(request, policy, keyId);
  }

  private leave(keyId: string): void {
    const count = (this.underWay.get(keyId) ?? 1) - 1;
    if (count > 0) this.underWay.set(keyId, count);
    else this.underWay.delete(keyId);
  }

  private refuse(policy: LimitPolicy | 'concurrent', error: AppError): void {
    this.metrics.throttled(policy);
    if (!this.config.rateLimit.dryRun) throw error;
    this.logger.warn({ policy, code: error.code }, 'a call would be refused (RATE_LIMIT_DRY_RUN)');
  }
}

const tooManyAtOnce = (most: number) =>
  new AppError('limited', 'too_many_at_once', `A key may have ${most} calls under way at once: wait for some to end.`, {
    retryAfter: 1,
  });
