import { Injectable } from '@nestjs/common';
import { holds, type RequestIdentity } from '../../http/request-identity.js';
import { CacheService } from '../../shared/cache/cache.service.js';
import type { CacheStatistics } from '../../shared/cache/cache.types.js';
import { Transactions } from '../../shared/database/transaction.js';
import { AppError } from '../../shared/errors/app-error.js';
import { AuditService } from '../identity/audit.service.js';
import type { InvalidationInput } from './cache.schemas.js';

/** Owner of the values that rest on public facts alone. */
const PUBLIC_OWNER = 'public';
/** A key may be long; the start of it says which one was meant. */
const LONGEST_AUDITED = 200;

/**
 * What people do to the cache. The audit line is committed first: a cache has no transaction that could hold both, and a
 * line too many misleads less than one too few.
 */
@Injectable()
export class CacheAdministration {
  constructor(
    private readonly cache: CacheService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Deletes values of the caller's workspace, and with `public` those that all share; on every process.
   * @returns how many there were
   * @throws AppError `role_too_low` (403) for public values without the role admin
   */
  async invalidate(identity: RequestIdentity, input: InvalidationInput): Promise<number> {
    if (input.public === true && !holds(identity.role, 'admin'))
      throw new AppError(
        'forbidden',
        'role_too_low',
        'Public values are shared: public needs a key with the role admin.',
      );
    await this.record(identity, 'cache.invalidated', input.region ?? 'all', detailsOf(input));
    const owners = [identity.workspaceId, ...(input.public === true ? [PUBLIC_OWNER] : [])];
    const counts = await Promise.all(owners.map((owner) => this.invalidateOf(owner, input)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Lets the statistics of this process begin anew; what Prometheus reads goes on. @returns from when on is counted */
  async resetStatistics(identity: RequestIdentity): Promise<Date> {
    await this.record(identity, 'cache.statistics-reset', 'statistics', {});
    this.cache.resetStatistics();
    return this.cache.statistics().since;
  }

  statistics(): CacheStatistics {
    return this.cache.statistics();
  }

  private async invalidateOf(owner: string, { region, key, pattern, tags }: InvalidationInput): Promise<number> {
    if (tags !== undefined) return this.cache.invalidateTags(tags, owner);
    if (region === undefined) return 0;
    if (pattern !== undefined) return this.cache.invalidatePattern(region, owner, pattern);
    return (await this.cache.delete({ region, owner, name: key ?? '' })) ? 1 : 0;
  }

  private record(
    { scope, keyId }: RequestIdentity,
    action: string,
    what: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const line = { scope, actor: keyId, action, subject: `cache/${what}`, details };
    return this.transactions.run((manager) => this.audit.record(manager, line));
  }
}

function detailsOf({ key, pattern, tags, public: shared }: InvalidationInput): Readonly<Record<string, unknown>> {
  return {
    ...(key === undefined ? {} : { key: key.slice(0, LONGEST_AUDITED) }),
    ...(pattern === undefined ? {} : { pattern: pattern.slice(0, LONGEST_AUDITED) }),
    ...(tags === undefined ? {} : { tags: tags.map((tag) => tag.slice(0, LONGEST_AUDITED)) }),
    public: shared === true,
  };
}
