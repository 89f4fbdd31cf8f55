import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RequestIdentity } from '../../http/request-identity.js';
import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';
import { type ApiKey, digestMatches, hashSecret, parseApiKey } from './api-key.js';
import { IdentityRepository } from './identity.repository.js';

/** A revoked key may still work for this long. */
const KNOWN_FOR_MS = 1000;
const MOST_KNOWN = 1000;
/** Open streams are looked after so often; a stream of a revoked key ends within a second. */
const WATCH_MS = 500;

interface KnownKey {
  readonly identity: RequestIdentity;
  readonly secretSha256: Buffer;
  /**
   * Hash of the secret that was right, by that secret: hashing costs as much as all else of the check. It is found by a seeded
   * hash of the whole text, so that the time it takes tells nothing of a part of one.
   */
  readonly digests: Map<string, Buffer>;
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

  /** Nobody is known under this key any more: the next call looks it up. Other processes follow within a second. */
  forget(keyId: string): void {
    this.known.delete(keyId);
  }

  /**
   * Watches the key of an open stream.
   * @param revoked called once when the key is valid no more
   * @returns ends the watch
   */
  watch({ keyId }: RequestIdentity, revoked: () => void): () => void {
    const timer = setInterval(() => {
      this.repository.keyById(keyId).then(
        (row) => {
          if (row !== undefined) return;
          clearInterval(timer);
          revoked();
        },
        // The database is away: who was let in stays until it can say no.
        () => undefined,
      );
    }, WATCH_MS).unref();
    return () => clearInterval(timer);
  }

  async workspaceName(identity: RequestIdentity): Promise<string> {
    return (await this.repository.workspaceName(identity.scope)) ?? '';
  }

  private async look(id: string): Promise<KnownKey | undefined> {
    const row = await this.repository.keyById(id);
    if (!row) return undefined;
    const { workspaceId, role, secretSha256 } = row;
    const identity = Object.freeze({ workspaceId, keyId: row.id, role, scope: mintWorkspaceScope(workspaceId) });
    const known = { identity, secretSha256, digests: new Map<string, Buffer>() };
    this.known.set(id, known);
    return known;
  }
}

/** Also compares when there is nothing to compare with, so that an unknown key takes as long as a wrong one. */
function identityOf({ secret }: ApiKey, known: KnownKey | undefined): RequestIdentity | undefined {
  const digest = known?.digests.get(secret) ?? hashSecret(secret);
  if (!digestMatches(digest, known?.secretSha256)) return undefined;
  known?.digests.set(secret, digest);
  return known?.identity;
}
