import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource, type EntityManager } from 'typeorm';
import { BulkService } from '../../shared/database/bulk/bulk.service.js';
import { defineQuery } from '../../shared/database/named-queries.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { EvidenceEntity } from './entities/evidence.entity.js';
import { PUBLIC_WORKSPACE_ID } from './public-scope.js';
import type { EvidencePiece, EvidenceSource, Sha256 } from './research.types.js';

/** A piece and where it came from (call record of the egress client); provenance is stored, never served with the body. */
export type EvidenceInput = EvidencePiece & { readonly provenance?: object };

/** What is left of a piece that was removed. */
export interface EvidenceTombstone {
  readonly sha256: Sha256;
  readonly title: string;
  /** ISO 8601 */
  readonly removedAt: string;
}

interface Row {
  readonly workspace_id: string;
  readonly sha256: string;
  readonly source: EvidenceSource;
  readonly title: string;
  readonly media_type: string;
  readonly url: string | null;
  readonly subject_name: string | null;
  readonly subject_version: string | null;
  readonly body: Buffer | null;
  readonly fetched_at: Date;
  readonly removed_at: Date | null;
}

const COLUMNS =
  'workspace_id, sha256, source, title, media_type, url, subject_name, subject_version, fetched_at, removed_at';

// A removed own copy must not hide the public piece of the same content.
const PIECES = `SELECT DISTINCT ON (sha256) ${COLUMNS},
    CASE WHEN workspace_id || ':' || sha256 = ANY ($3::text[]) THEN NULL ELSE body END AS body
  FROM evidence
  WHERE workspace_id = ANY ($1::uuid[]) AND sha256 = ANY ($2::text[])
  ORDER BY sha256, removed_at IS NOT NULL`;
/** The same, of which only those that are gone are wanted: without the bodies of all others. */
const TOMBSTONES = `SELECT sha256, title, removed_at FROM (
    SELECT DISTINCT ON (sha256) sha256, title, removed_at FROM evidence
     WHERE workspace_id = ANY ($1::uuid[]) AND sha256 = ANY ($2::text[])
     ORDER BY sha256, removed_at IS NOT NULL) AS found
  WHERE removed_at IS NOT NULL`;
const SOME_OF_WORKSPACE = `SELECT sha256 FROM evidence WHERE workspace_id = $1 ORDER BY sha256 LIMIT 50`;

const workspacesOf = ({ workspaceId }: WorkspaceScope) => [workspaceId, PUBLIC_WORKSPACE_ID];

defineQuery({
  name: 'evidence.pieces',
  about: 'Fifty pieces of evidence of the workspace by their hashes',
  statement: async (scope, ask) => {
    const pieces = await ask<{ sha256: Sha256 }>(SOME_OF_WORKSPACE, [scope.workspaceId]);
    return { text: PIECES, parameters: [workspacesOf(scope), pieces.map(({ sha256 }) => sha256), []] };
  },
});
defineQuery({
  name: 'evidence.tombstones',
  about: 'Which of fifty pieces of evidence were removed',
  statement: async (scope, ask) => {
    const pieces = await ask<{ sha256: Sha256 }>(SOME_OF_WORKSPACE, [scope.workspaceId]);
    return { text: TOMBSTONES, parameters: [workspacesOf(scope), pieces.map(({ sha256 }) => sha256)] };
  },
});

/** Bytes of bodies that are kept; a session reads about 3 MB of them, mostly the same as the session before. */
const KEPT_BYTES = 32 * 1024 * 1024;

/** Rows of the evidence table: written once, read by hash, emptied on removal. */
@Injectable()
export class EvidenceRepository {
  /**
   * Pieces by workspace and hash. What a hash names never changes, so only the row is asked for again (it may have become
   * a tombstone, by any process) and not its body; and what others keep by piece, such as its folded text, lives as long.
   */
  private readonly kept = new LRUCache<string, EvidencePiece>({
    maxSize: KEPT_BYTES,
    sizeCalculation: (piece) => piece.body.length * 2 + 512,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly bulk: BulkService,
  ) {}

  /**
   * Stores all pieces or none, each once. A piece that exists is left as it is; one that was removed comes back, since somebody
   * has handed in its content anew.
   */
  async insertMany(scope: WorkspaceScope, pieces: readonly EvidenceInput[], manager?: EntityManager): Promise<void> {
    const once = new Map(pieces.map((piece) => [piece.sha256, toRow(piece)]));
    await this.bulk.upsert(scope, EvidenceEntity, [...once.values()], {
      conflict: ['sha256'],
      update: ['body', 'removedAt', 'removedBy'],
      onlyWhereSet: 'removedAt',
      manager,
    });
  }

  /** Own and public pieces by hash; what is unknown is absent, what was removed is a tombstone. */
  async findMany(
    scope: WorkspaceScope,
    hashes: readonly Sha256[],
    manager?: EntityManager,
  ): Promise<(EvidencePiece | EvidenceTombstone)[]> {
    const workspaces = workspacesOf(scope);
    const held = this.held(workspaces, hashes);
    const rows: Row[] = await (manager ?? this.dataSource.manager).query(PIECES, [
      workspaces,
      hashes,
      [...held.keys()],
    ]);
    return rows.map((row) => this.pieceOf(row, held));
  }

  /** Those of the hashes that were removed and are nowhere else. */
  async tombstones(scope: WorkspaceScope, hashes: readonly Sha256[]): Promise<EvidenceTombstone[]> {
    const rows: { sha256: Sha256; title: string; removed_at: Date }[] = await this.dataSource.query(TOMBSTONES, [
      workspacesOf(scope),
      hashes,
    ]);
    return rows.map(({ sha256, title, removed_at }) => ({ sha256, title, removedAt: removed_at.toISOString() }));
  }

  /** What need not be read, held here so that nothing is dropped while the rows are asked for. */
  private held(workspaces: readonly string[], hashes: readonly Sha256[]): Map<string, EvidencePiece> {
    const keys = workspaces.flatMap((id) => hashes.map((hash) => keyOf(id, hash)));
    const pieces = keys.map((key) => [key, this.kept.get(key)] as const);
    return new Map(pieces.flatMap(([key, piece]) => (piece === undefined ? [] : [[key, piece] as const])));
  }

  private pieceOf(row: Row, held: ReadonlyMap<string, EvidencePiece>): EvidencePiece | EvidenceTombstone {
    const key = keyOf(row.workspace_id, row.sha256);
    if (row.removed_at !== null) {
      this.kept.delete(key);
      return { sha256: row.sha256, title: row.title, removedAt: row.removed_at.toISOString() };
    }
    const piece = held.get(key) ?? fromRow(row);
    this.kept.set(key, piece);
    return piece;
  }

  /** Empties the workspace's own pieces; returns how many. A public piece is never touched from a workspace. */
  async remove(
    scope: WorkspaceScope,
    hashes: readonly Sha256[],
    actor: string,
    manager?: EntityManager,
  ): Promise<number> {
    const removed: readonly [unknown[], number] = await (manager ?? this.dataSource.manager).query(
      `UPDATE evidence SET body = NULL, removed_at = now(), removed_by = $3
       WHERE workspace_id = $1 AND sha256 = ANY ($2::text[]) AND removed_at IS NULL`,
      [scope.workspaceId, hashes, actor],
    );
    return removed[1];
  }
}

const keyOf = (workspaceId: string, sha256: Sha256) => `${workspaceId}:${sha256}`;

function toRow(piece: EvidenceInput): Omit<EvidenceEntity, 'workspaceId'> {
  const body = Buffer.from(piece.body, 'utf8');
  return {
    sha256: piece.sha256,
    source: piece.source,
    title: piece.title,
    mediaType: piece.mediaType,
    url: piece.url ?? null,
    subjectName: piece.subject?.name ?? null,
    subjectVersion: piece.subject?.version ?? null,
    body,
    bytes: body.length,
    fetchedAt: new Date(piece.fetchedAt),
    provenance: piece.provenance ?? {},
    removedAt: null,
    removedBy: null,
  };
}

function fromRow(row: Row): EvidencePiece {
  if (row.body === null) throw new Error(`evidence ${row.sha256} has no body and no tombstone`);
  return {
    sha256: row.sha256,
    source: row.source,
    title: row.title,
    mediaType: row.media_type,
    body: row.body.toString('utf8'),
    ...(row.url !== null && { url: row.url }),
    fetchedAt: row.fetched_at.toISOString(),
    ...(row.subject_name !== null &&
      row.subject_version !== null && { subject: { name: row.subject_name, version: row.subject_version } }),
  };
}
