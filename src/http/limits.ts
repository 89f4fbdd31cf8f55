import { Injectable, Logger } from '@nestjs/common';
import {
  DEFAULT_IPV6_SUBNET_PREFIX,
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  normalizeIp,
  type ThrottlerOptions,
} from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Config } from '../config/config.js';
import { AppError } from '../shared/errors/app-error.js';
import { HttpMetrics } from '../shared/metrics/http.metrics.js';
import type { LimitStorage } from '../shared/rate-limit/limit-storage.js';
import type { LimitDecision, LimitRule } from '../shared/rate-limit/rate-limit.types.js';
import './fastify-request.js';
import { type LimitPolicy, RequestLimits, tooMany } from './request-limits.js';

const MOST_ADDRESSES = 1000;

/** Takes calls from the throttler's buckets and says no; guards say which, and handlers where only they know the cost. */
@Injectable()
export class Limits {
  private readonly logger = new Logger('RateLimit');
  private readonly rules: ReadonlyMap<string, LimitRule>;
  /** Calls under way, by key. */
  private readonly underWay = new Map<string, number>();
  /** Bucket of an address; working it out costs as much as taking from it. */
  private readonly clients = new LRUCache<string, string>({ max: MOST_ADDRESSES });

  constructor(
    @InjectThrottlerStorage() private readonly storage: LimitStorage,
    @InjectThrottlerOptions() { throttlers }: { readonly throttlers: readonly ThrottlerOptions[] },
    private readonly metrics: HttpMetrics,
    private readonly config: Config,
  ) {
    this.rules = new Map(
      throttlers.map(({ name = '', limit, ttl }) => [name, { limit: Number(limit), windowMs: Number(ttl) }]),
    );
  }

  get enabled(): boolean {
    return this.config.rateLimit.enabled;
  }

  /** Whether Redis counts at this moment, and not this process alone. */
  get asksRedis(): boolean {
    return this.storage.isShared;
  }

  /**
   * Without a promise where no Redis counts.
   * @param client whom the bucket belongs to: the id of a key @throws AppError 429 `rate_limited`
   */
  take(request: FastifyRequest, policy: LimitPolicy, client: string): void | Promise<void> {
    const decision = this.storage.take(policy, client, this.ruleOf(policy));
    if (decision instanceof Promise) return decision.then((said) => this.heed(request, policy, said));
    this.heed(request, policy, decision);
  }

  /** The same for the caller's address. */
  takeOfAddress(request: FastifyRequest): void | Promise<void> {
    return this.take(request, 'address', this.clientAt(request.ip));
  }

  /**
   * Counts a call of an address that is refused anyway, by this process alone: nobody may make it ask others.
   * @throws AppError 429 `rate_limited`
   */
  takeOfAddressHere(request: FastifyRequest): void {
    this.heed(request, 'address', this.storage.takeHere('address', this.clientAt(request.ip), this.ruleOf('address')));
  }

  /** Counts a call that was refused before any guard saw it, so that its answer tells what is left, too. */
  noteRefused(request: FastifyRequest): void {
    const decision = this.storage.takeHere('address', this.clientAt(request.ip), this.ruleOf('address'));
    request.limits?.note('address', decision);
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
    (request.limits ??= new RequestLimits()).holds(this, keyId);
  }

  leave(keyId: string): void {
    const count = (this.underWay.get(keyId) ?? 1) - 1;
    if (count > 0) this.underWay.set(keyId, count);
    else this.underWay.delete(keyId);
  }

  private heed(request: FastifyRequest, policy: LimitPolicy, decision: LimitDecision): void {
    (request.limits ??= new RequestLimits()).note(policy, decision);
    if (!decision.admitted) this.refuse(policy, tooMany(policy, decision));
  }

  private ruleOf(policy: LimitPolicy): LimitRule {
    const rule = this.rules.get(policy);
    if (rule === undefined) throw new Error(`no limit is called ${policy}`);
    return rule;
  }

  /** An IPv6 caller commands a whole /64, so that is what counts. */
  private clientAt(ip: string): string {
    const known = this.clients.get(ip);
    if (known !== undefined) return known;
    const client = normalizeIp(ip, DEFAULT_IPV6_SUBNET_PREFIX);
    this.clients.set(ip, client);
    return client;
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
