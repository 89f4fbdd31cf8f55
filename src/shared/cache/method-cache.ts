import type { Logger } from '@nestjs/common';
import type { CacheService } from './cache.service.js';
import type { CachedMethod, CachedRule, InvalidationRule, OfArguments } from './cached-method.js';
import type { CacheKey, CacheLoadOptions } from './cache.types.js';
import { keyOfCall, ownerOfCall } from './method-key.js';

type Arguments = readonly unknown[];

/** One described method: the cache before it, the invalidations after it, in whatever order the decorators stand. */
export class MethodCache {
  private toldWhyNot = false;

  constructor(
    private readonly cache: CacheService,
    private readonly described: CachedMethod,
    /** `CriteriaService.current` */
    private readonly method: string,
    private readonly log: Logger,
  ) {}

  /** @throws what the method throws, and what `keyOfCall` does */
  async call(method: () => unknown, args: Arguments): Promise<unknown> {
    const [rule] = this.described.cached;
    const run = () => this.runAndInvalidate(method, args);
    if (rule === undefined || !this.described.when.every((holds) => holds(...args))) return run();
    const key = keyOfCall({ ...rule, method: this.method }, args);
    if ('problem' in key) return this.runUncached(run, key.problem);
    return this.cache.getOrSet(key, run, this.optionsOf(rule, args));
  }

  private optionsOf({ ttl, tags }: CachedRule, args: Arguments): CacheLoadOptions<unknown> {
    return { endpoint: this.method, ...(ttl !== undefined && { ttl }), ...(tags && { tags: valueOf(tags, args) }) };
  }

  private runUncached(run: () => Promise<unknown>, problem: string): Promise<unknown> {
    if (!this.toldWhyNot) this.log.warn(`${this.method} is not cached: ${problem}; or give @Cached a key.`);
    this.toldWhyNot = true;
    return run();
  }

  private async runAndInvalidate(method: () => unknown, args: Arguments): Promise<unknown> {
    const value = await method();
    for (const rule of this.described.invalidations) {
      try {
        await this.invalidate(rule, args);
      } catch (error) {
        this.log.warn({ err: error as Error }, `what ${this.method} changed is not invalidated; it ends with its TTL`);
      }
    }
    return value;
  }

  private async invalidate(rule: InvalidationRule, args: Arguments): Promise<void> {
    if ('tags' in rule) {
      await this.cache.invalidateTags(valueOf(rule.tags, args), rule.owner?.(...args));
      return;
    }
    const { region } = rule;
    const owner = ownerOfCall({ method: this.method, region, owner: rule.owner }, args);
    if ('pattern' in rule) await this.cache.invalidatePattern(region, owner, valueOf(rule.pattern, args));
    else {
      const keys = valueOf(rule.keys, args).map((name): CacheKey => ({ region, owner, name }));
      await Promise.all(keys.map((key) => this.cache.delete(key)));
    }
  }
}

/** The same at each call, or made of its arguments. */
function valueOf<T extends string | readonly string[]>(given: T | OfArguments<T>, args: Arguments): T {
  return typeof given === 'function' ? given(...args) : given;
}
