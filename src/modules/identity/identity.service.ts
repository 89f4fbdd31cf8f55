import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RequestIdentity } from '../../http/request-identity.js';
import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';
import { type ApiKey, isSecret, parseApiKey, secretMatches } from './api-key.js';
import { IdentityRepository } from './identity.repository.js';

/** A revoked key may still work for this long. */
const KNOWN_FOR_MS = 1000;
const MOST_KNOWN = 1000;

interface KnownKey {
  readonly identity: RequestIdentity;
  readonly secretSha256: Buffer;
  /** The secret, once it was found to be right; forgotten with the rest. */
  verified?: Buffer;
}

/** Who a key belongs to. */
@Injectable()
export class IdentityService {
  private readonly known = new LRUCache<string, KnownKey>({
    max: MOST_KNOWN,
    ttl: KNOWN_FOR_MS,
    // Gone from memory when its time is over, asked for or not.
    ttlAutopurge: true,
    // The time is read at each look: a remembered one costs a timer a millisecond.
    ttlResolution: 0,
  });

  constructor(private readonly repository: IdentityRepository) {}

  /**
   * The identity behind `tsk_{id}.{secret}`; undefined for a key that is malformed, unknown, revoked or wrong. A promise only
   * when the key has to be looked up.
   */
  identify(text: string): RequestIdentity | undefined | Promise<RequestIdentity | undefined> {
    const key = parseApiKey(text);
    if (!key) return undefined;
    const known = this.known.get(key.id);
    return known ? identityOf(key, known) : this.look(key.id).then((row) => identityOf(key, row));
  }

  async workspaceName(identity: RequestIdentity): Promise<string> {
    return (await this.repository.workspaceName(identity.scope)) ?? '';
  }

  private async look(id: string): Promise<KnownKey | undefined> {
    const row = await this.repository.keyById(id);
    if (!row) return undefined;
    const { workspaceId, role, secretSha256 } = row;
    const identity = Object.freeze({ workspaceId, keyId: row.id, role, scope: mintWorkspaceScope(workspaceId) });
    const known = { identity, secretSha256 };
    this.known.set(id, known);
    return known;
  }
}

/**
 * Also compares when there is nothing to compare with, so that an unknown key takes as long as a wrong one. A secret that was
 * right a moment ago is compared as it is: hashing it again for each request costs more than the rest of the guard.
 */
function identityOf({ secret }: ApiKey, known: KnownKey | undefined): RequestIdentity | undefined {
  if (isSecret(secret, known?.verified)) return known?.identity;
  if (!secretMatches(secret, known?.secretSha256)) return undefined;
  if (known) known.verified = Buffer.from(secret, 'latin1');
  return known?.identity;
}
