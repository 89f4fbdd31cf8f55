import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { defineQuery } from '../../shared/database/named-queries.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { DocumentEnvelope, QualityScore, TrdBody } from './document/document.types.js';
import { newestSession } from './newest-session.repository.js';

export interface NewDocument {
  readonly run: number;
  readonly sha256: string;
  /** The TRD as JSON. */
  readonly body: string;
  readonly quality: QualityScore;
  readonly rounds: DocumentEnvelope['rounds'];
  readonly at: Date;
}

export interface DocumentVersion {
  readonly version: number;
  readonly run: number;
  readonly sha256: string;
  readonly qualityTotal: number | null;
  readonly createdAt: Date;
}

/** From the session on, so that one answer tells a session without the document from none. */
const DOCUMENT = `SELECT d.version, d.created_at, d.sha256, d.body, d.quality, d.rounds
   FROM sessions s
   LEFT JOIN LATERAL (
     SELECT version, created_at, sha256, body, quality, rounds FROM documents
      WHERE workspace_id = s.workspace_id AND session_id = s.id AND ($3::int IS NULL OR version = $3)
      ORDER BY version DESC LIMIT 1) d ON true
  WHERE s.workspace_id = $1 AND s.id = $2`;
const VERSIONS = `SELECT version, run, sha256, (quality ->> 'total')::float8 AS total, created_at FROM documents
  WHERE workspace_id = $1 AND session_id = $2 ORDER BY version`;

defineQuery({
  name: 'documents.newest',
  about: 'The newest version of the document of the newest session',
  statement: async (scope, ask) => ({
    text: DOCUMENT,
    parameters: [scope.workspaceId, (await newestSession(scope, ask)).id, null],
  }),
});
defineQuery({
  name: 'documents.versions',
  about: 'Versions of the document of the newest session',
  statement: async (scope, ask) => ({
    text: VERSIONS,
    parameters: [scope.workspaceId, (await newestSession(scope, ask)).id],
  }),
});

interface DocumentRow {
  readonly version: number;
  readonly created_at: Date;
  readonly sha256: string;
  readonly body: TrdBody;
  readonly quality: QualityScore;
  readonly rounds: DocumentEnvelope['rounds'];
}

/** Rows of `documents`: one version per run, never changed. */
@Injectable()
export class DocumentsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Adds the run's version and gives its number; a run that has one keeps it. The caller holds the session's lock. */
  async add(manager: EntityManager, scope: WorkspaceScope, sessionId: string, document: NewDocument): Promise<number> {
    const rows: { version: number }[] = await manager.query(
      `WITH known AS (SELECT version, run FROM documents WHERE workspace_id = $1 AND session_id = $2),
       added AS (
         INSERT INTO documents (workspace_id, session_id, version, run, sha256, body, quality, rounds, created_at)
         SELECT $1, $2, coalesce((SELECT max(version) FROM known), 0) + 1, $3, $4, $5::jsonb, $6::jsonb, $7::jsonb, $8
          WHERE NOT EXISTS (SELECT 1 FROM known WHERE run = $3)
         RETURNING version)
       SELECT version FROM added UNION ALL SELECT version FROM known WHERE run = $3`,
      [
        scope.workspaceId,
        sessionId,
        document.run,
        document.sha256,
        document.body,
        JSON.stringify(document.quality),
        JSON.stringify(document.rounds),
        document.at,
      ],
    );
    return rows[0]?.version ?? 0;
  }

  /**
   * One version, or the newest when `version` is absent.
   * @returns undefined without the session; without `document` when it has no such version
   */
  async find(
    scope: WorkspaceScope,
    sessionId: string,
    version?: number,
  ): Promise<{ readonly document?: DocumentEnvelope } | undefined> {
    const rows: (DocumentRow | Record<keyof DocumentRow, null>)[] = await this.dataSource.query(DOCUMENT, [
      scope.workspaceId,
      sessionId,
      version ?? null,
    ]);
    const row = rows[0];
    if (!row) return undefined;
    if (row.version === null) return {};
    const { created_at, ...rest } = row;
    return { document: { sessionId, createdAt: created_at.toISOString(), ...rest } };
  }

  async versionOfRun(
    manager: EntityManager,
    scope: WorkspaceScope,
    sessionId: string,
    run: number,
  ): Promise<number | undefined> {
    const rows: { version: number }[] = await manager.query(
      `SELECT version FROM documents WHERE workspace_id = $1 AND session_id = $2 AND run = $3`,
      [scope.workspaceId, sessionId, run],
    );
    return rows[0]?.version;
  }

  async versions(scope: WorkspaceScope, sessionId: string): Promise<readonly DocumentVersion[]> {
    const rows: { version: number; run: number; sha256: string; total: number | null; created_at: Date }[] =
      await this.dataSource.query(VERSIONS, [scope.workspaceId, sessionId]);
    return rows.map(({ total, created_at, ...row }) => ({ ...row, qualityTotal: total, createdAt: created_at }));
  }
}
