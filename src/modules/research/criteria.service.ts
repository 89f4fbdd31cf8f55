import { Injectable } from '@nestjs/common';
import { CacheService } from '../../shared/cache/cache.service.js';
import type { CacheKey } from '../../shared/cache/cache.types.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { AppError } from '../../shared/errors/app-error.js';
import { AuditService } from '../identity/audit.service.js';
import { CriteriaRepository } from './criteria.repository.js';
import { criteriaOf, type CriteriaInput } from './criteria.schemas.js';
import { DEFAULT_CRITERIA } from './criteria/default-criteria.js';
import type { CriteriaSet } from './research.types.js';

/** `*`, or entity tags with commas between them (RFC 9110, 13.1.1). */
const TAG_LIST = /^(?:\*|(?:W\/)?"[^"]*"(?:\s?,\s?(?:W\/)?"[^"]*")*)$/;

/** Of what is shown of a workspace's criteria; `{workspace}` is its id. */
export const CRITERIA_TAG = 'criteria:{workspace}';

/** The weights by which a workspace compares options: versioned, cached, the default set until it is replaced. */
@Injectable()
export class CriteriaService {
  constructor(
    private readonly repository: CriteriaRepository,
    private readonly cache: CacheService,
    private readonly audit: AuditService,
  ) {}

  async current(scope: WorkspaceScope): Promise<CriteriaSet> {
    return this.cache.getOrSet(keyOf(scope), async () => (await this.repository.newest(scope)) ?? DEFAULT_CRITERIA);
  }

  /**
   * Replaces the criteria by a new version, with an audit line in the same transaction; research is not repeated.
   * @param ifMatch the ETag that was read, or `*`
   * @throws AppError 400 `if_match_malformed`, 412 `criteria_if_match_missing` or `criteria_changed`
   */
  async replace(
    scope: WorkspaceScope,
    ifMatch: string | undefined,
    input: CriteriaInput,
    actor: string,
  ): Promise<CriteriaSet> {
    if (ifMatch === undefined) {
      throw new AppError(
        'precondition',
        'criteria_if_match_missing',
        'Send If-Match with the ETag of GET /v1/criteria, so that no change of somebody else is lost.',
      );
    }
    if (!TAG_LIST.test(ifMatch)) {
      const remedy = 'If-Match takes an ETag with its quotes, or *: send that of GET /v1/criteria as it came.';
      throw new AppError('malformed', 'if_match_malformed', remedy);
    }
    // Straight from the table: a cached version of another process may be old.
    const before = (await this.repository.newest(scope)) ?? DEFAULT_CRITERIA;
    if (!matches(ifMatch, before)) throw changed();
    const set: CriteriaSet = { version: before.version + 1, criteria: criteriaOf(input) };
    const added = await this.repository.add(scope, set, actor, (manager) =>
      this.audit.record(manager, {
        scope,
        actor,
        action: 'criteria.replaced',
        subject: `criteria/${set.version}`,
        details: { before: weightsOf(before), after: weightsOf(set) },
      }),
    );
    if (!added) throw changed();
    await this.cache.delete(keyOf(scope));
    await this.cache.invalidateTags([CRITERIA_TAG.replace('{workspace}', scope.workspaceId)], scope.workspaceId);
    return set;
  }
}

/** ETag of a version, strong: the body is a function of it. */
export function criteriaEtag(set: CriteriaSet): string {
  return `"criteria-${set.version}"`;
}

function matches(ifMatch: string, set: CriteriaSet): boolean {
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  return tags.includes('*') || tags.includes(criteriaEtag(set));
}

function changed(): AppError {
  return new AppError(
    'precondition',
    'criteria_changed',
    'The criteria were changed since you read them; read them again and repeat your change.',
  );
}

function weightsOf(set: CriteriaSet): Record<string, number> {
  return Object.fromEntries(set.criteria.map(({ id, weight }) => [id, weight]));
}

function keyOf(scope: WorkspaceScope): CacheKey {
  return { region: 'criteria', owner: scope.workspaceId, name: 'current' };
}
