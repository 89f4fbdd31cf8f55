import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RequestIdentity } from '../../http/request-identity.js';
import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';
import { parseApiKey, secretMatches } from './api-key.js';
import type { ApiKeyEntity } from './entities/api-key.entity.js';
import { IdentityRepository } from './identity.repository.js';

/** A revoked key may still work for this long. */
const KNOWN_FOR_MS = 1000;
const MOST_KNOWN = 1000;

/** Who a key belongs to. */
@Injectable()
export class IdentityService {
  private readonly known = new LRUCache<string, ApiKeyEntity>({ max: MOST_KNOWN, ttl: KNOWN_FOR_MS });

  constructor(private readonly repository: IdentityRepository) {}

  /** The identity behind `tsk_{id}.{secret}`; undefined for a key that is malformed, unknown, revoked or wrong. */
  async identify(text: string): Promise<RequestIdentity | undefined> {
    const key = parseApiKey(text);
    if (!key) return undefined;
    const row = this.known.get(key.id) ?? (await this.look(key.id));
    if (!secretMatches(key.secret, row?.secretSha256) || !row) return undefined;
    return {
      workspaceId: row.workspaceId,
      keyId: row.id,
      role: row.role,
      scope: mintWorkspaceScope(row.workspaceId),
    };
  }

  async workspaceName(identity: RequestIdentity): Promise<string> {
    return (await this.repository.workspaceName(identity.scope)) ?? '';
  }

  private async look(id: string): Promise<ApiKeyEntity | undefined> {
    const row = await this.repository.keyById(id);
    if (row) this.known.set(id, row);
    return row;
  }
}
