import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { BulkService } from '../../shared/database/bulk/bulk.service.js';
import { defineQuery, NO_ID } from '../../shared/database/named-queries.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { SourceFile } from './intake/intake.types.js';
import { type AnalysisRecord, type CodeFindings, type Intake, typeOfEndpoint } from './code-analyses.types.js';
import { AnalysedFileEntity } from './entities/analysed-file.entity.js';
import { EndpointEntity } from './entities/endpoint.entity.js';
import { FileContentEntity } from './entities/file-content.entity.js';

/** A new analysis, before its rows are there. */
export interface NewAnalysis {
  readonly id: string;
  readonly jobId: string;
  readonly actor: string;
  readonly intake: Intake;
  /** Counts by reason, and the paths that are shown. */
  readonly leftOut: Pick<AnalysisRecord, 'leftOut' | 'leftOutFiles'>;
}

const COLUMNS = `id, content_sha256 AS "contentSha256", job_id AS "jobId", files, bytes, files_by_type AS "filesByType",
  left_out AS "leftOut", left_out_files AS "leftOutFiles", lock_files AS "lockFiles", findings -> 'stack' AS stack,
  (findings ->> 'endpoints')::int AS endpoints, findings -> 'skipped' AS skipped, created_at AS "createdAt", completed_at AS "completedAt"`;
const ANALYSIS = `SELECT ${COLUMNS} FROM code_analyses WHERE workspace_id = $1 AND id = $2`;
/** Files are read a few at a time: of 50 MB the worker then holds what it has decoded, and no second copy. */
const FILES_AT_ONCE = 200;

defineQuery({
  name: 'code-analyses.by-id',
  about: 'The newest code analysis of the workspace, by its id',
  statement: async ({ workspaceId }, ask) => {
    // Ids begin with their time.
    const rows = await ask<{ id: string }>(
      `SELECT id FROM code_analyses WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1`,
      [workspaceId],
    );
    return { text: ANALYSIS, parameters: [workspaceId, rows[0]?.id ?? NO_ID] };
  },
});

/** Rows of analyses, of their files and of what was found in them. */
@Injectable()
export class CodeAnalysesRepository {
  constructor(
    private readonly source: DataSource,
    private readonly bulk: BulkService,
  ) {}

  /** The row, its files and their contents; what the workspace has of these already is not sent again. */
  async insert(manager: EntityManager, scope: WorkspaceScope, analysis: NewAnalysis): Promise<void> {
    const { intake, leftOut, id, jobId, actor } = analysis;
    const bytes = intake.files.reduce((sum, file) => sum + file.bytes.length, 0);
    await manager.query(
      `INSERT INTO code_analyses (workspace_id, id, content_sha256, job_id, files, bytes, files_by_type, left_out, left_out_files,
         lock_files, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        scope.workspaceId,
        id,
        intake.contentSha256,
        jobId,
        intake.files.length,
        bytes,
        JSON.stringify(intake.filesByType),
        JSON.stringify(leftOut.leftOut),
        JSON.stringify(leftOut.leftOutFiles),
        JSON.stringify(intake.lockFiles),
        actor,
      ],
    );
    await this.store(manager, scope, intake);
    const files = intake.files.map(({ path, sha256 }) => ({ analysisId: id, path, sha256 }));
    await this.bulk.insert(scope, AnalysedFileEntity, files, { manager });
  }

  async find(scope: WorkspaceScope, id: string): Promise<AnalysisRecord | undefined> {
    const rows: AnalysisRecord[] = await this.source.query(ANALYSIS, [scope.workspaceId, id]);
    return rows[0];
  }

  /** Files of an analysis with their contents, by path; none of one whose files were removed. */
  async *files(scope: WorkspaceScope, id: string): AsyncGenerator<SourceFile> {
    for (let after = ''; ;) {
      const rows: { path: string; body: Buffer }[] = await this.source.query(
        `SELECT f.path, c.body FROM analysed_files f
           JOIN file_contents c ON c.workspace_id = f.workspace_id AND c.sha256 = f.sha256
          WHERE f.workspace_id = $1 AND f.analysis_id = $2 AND f.path > $3 ORDER BY f.path LIMIT $4`,
        [scope.workspaceId, id, after, FILES_AT_ONCE],
      );
      for (const { path, body } of rows) yield { path, bytes: body };
      const last = rows[rows.length - 1];
      if (last === undefined || rows.length < FILES_AT_ONCE) return;
      after = last.path;
    }
  }

  /** Writes what was found, once: false for an analysis that is complete already, or gone. */
  async complete(scope: WorkspaceScope, id: string, { stack, endpoints, skipped }: CodeFindings): Promise<boolean> {
    return this.source.transaction(async (manager) => {
      const [, count]: [unknown, number] = await manager.query(
        `UPDATE code_analyses SET findings = $3, completed_at = now()
          WHERE workspace_id = $1 AND id = $2 AND completed_at IS NULL`,
        [scope.workspaceId, id, JSON.stringify({ stack, endpoints: endpoints.length, skipped })],
      );
      if (count === 0) return false;
      const rows = endpoints.map((endpoint, at) => ({
        ...endpoint,
        analysisId: id,
        seq: at + 1,
        type: typeOfEndpoint(endpoint),
      }));
      await this.bulk.insert(scope, EndpointEntity, rows, { manager });
      return true;
    });
  }

  /** By hash, so that two that store the same contents at once wait for each other instead of for ever. */
  private async store(manager: EntityManager, scope: WorkspaceScope, intake: Intake): Promise<void> {
    const once = new Map(intake.files.map((file) => [file.sha256, file]));
    const hashes = [...once.keys()].sort();
    const known = await this.touch(manager, scope, hashes);
    const rows = hashes
      .filter((sha256) => !known.has(sha256))
      .map((sha256) => ({ sha256, body: once.get(sha256)?.bytes ?? Buffer.alloc(0) }));
    await this.bulk.upsert(scope, FileContentEntity, rows, { update: [], manager });
  }

  /** Those that are there, which stay now: whoever removes what is old looks at the time again after this transaction. */
  private async touch(manager: EntityManager, scope: WorkspaceScope, hashes: readonly string[]): Promise<Set<string>> {
    const parameters = [scope.workspaceId, hashes];
    const rows: { sha256: string }[] = await manager.query(
      `SELECT sha256 FROM file_contents WHERE workspace_id = $1 AND sha256 = ANY ($2::text[]) ORDER BY sha256 FOR UPDATE`,
      parameters,
    );
    if (rows.length > 0)
      await manager.query(
        `UPDATE file_contents SET sent_at = now() WHERE workspace_id = $1 AND sha256 = ANY ($2::text[])`,
        [scope.workspaceId, rows.map(({ sha256 }) => sha256)],
      );
    return new Set(rows.map(({ sha256 }) => sha256));
  }
}
