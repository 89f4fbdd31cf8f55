import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { sha256Of } from '../../shared/canonical-json/canonical-json.js';
import { AppError } from '../../shared/errors/app-error.js';
import { EvidenceRepository, type EvidenceInput, type EvidenceTombstone } from './evidence.repository.js';
import { checkCitation, type ClaimSubject } from './evidence/citation.js';
import type { Citation, CitationVerdict, EvidencePiece, Sha256 } from './research.types.js';

/** Of what is shown of a piece; `{sha256}` is its hash. */
export const EVIDENCE_TAG = 'evidence:{sha256}';

/** The tag of one piece; whoever removes it invalidates it once that is committed. */
export const evidenceTag = (sha256: Sha256): string => EVIDENCE_TAG.replace('{sha256}', sha256);

/**
 * Evidence by the hash of its content: put once, never changed, removed on demand. A workspace reads its own pieces and
 * the public ones; a foreign hash is as unknown as one that never existed.
 */
@Injectable()
export class EvidenceService {
  constructor(private readonly repository: EvidenceRepository) {}

  /**
   * Stores pieces, in the caller's transaction if one is given.
   * @throws AppError `evidence_hash_mismatch` when a piece is not what its hash says; nothing is stored then
   */
  async put(scope: WorkspaceScope, pieces: readonly EvidenceInput[], manager?: EntityManager): Promise<void> {
    if (pieces.length === 0) return;
    const wrong = pieces.find((piece) => sha256Of(piece.body) !== piece.sha256);
    if (wrong !== undefined) {
      throw new AppError('internal', 'evidence_hash_mismatch', `Evidence "${wrong.title}" does not match its hash.`);
    }
    await this.repository.insertMany(scope, pieces, manager);
  }

  /** @throws AppError `evidence_not_found` (404) or `evidence_removed` (410) */
  async get(scope: WorkspaceScope, sha256: Sha256): Promise<EvidencePiece> {
    const [found] = await this.repository.findMany(scope, [sha256]);
    if (found === undefined) {
      throw new AppError('not-found', 'evidence_not_found', 'There is no evidence with this hash in your workspace.');
    }
    if (isTombstone(found)) throw removed(found);
    return found;
  }

  /** What is there of the given hashes; removed pieces are absent. */
  async getMany(
    scope: WorkspaceScope,
    hashes: readonly Sha256[],
    manager?: EntityManager,
  ): Promise<Map<Sha256, EvidencePiece>> {
    if (hashes.length === 0) return new Map();
    const found = await this.repository.findMany(scope, hashes, manager);
    return new Map(found.flatMap((piece) => (isTombstone(piece) ? [] : [[piece.sha256, piece] as const])));
  }

  /** Those of the given hashes that were removed; documents show them as "evidence removed". */
  async tombstones(scope: WorkspaceScope, hashes: readonly Sha256[]): Promise<EvidenceTombstone[]> {
    return hashes.length === 0 ? [] : this.repository.tombstones(scope, hashes);
  }

  /** The citation gate from the outside. @throws AppError as `get` does */
  async check(scope: WorkspaceScope, claim: Citation, subject?: ClaimSubject): Promise<CitationVerdict> {
    return checkCitation(claim, await this.get(scope, claim.evidence), subject);
  }

  /**
   * Empties the workspace's own pieces and leaves tombstones; returns how many there were. The caller knows that nothing
   * else uses them. Public facts stay.
   */
  async remove(
    scope: WorkspaceScope,
    hashes: readonly Sha256[],
    actor: string,
    manager?: EntityManager,
  ): Promise<number> {
    return hashes.length === 0 ? 0 : this.repository.remove(scope, hashes, actor, manager);
  }
}

function isTombstone(found: EvidencePiece | EvidenceTombstone): found is EvidenceTombstone {
  return 'removedAt' in found;
}

function removed(tombstone: EvidenceTombstone): AppError {
  return new AppError(
    'gone',
    'evidence_removed',
    `This evidence ("${tombstone.title}") was removed on ${tombstone.removedAt}; claims that rest on it can no longer be checked.`,
  );
}
