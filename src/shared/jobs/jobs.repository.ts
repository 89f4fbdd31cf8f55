import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { defineQuery, NO_ID } from '../database/named-queries.js';
import type { WorkspaceScope } from '../database/workspace-scope.js';
import type { Job, JobFailure, JobQueue, JobResult } from './jobs.types.js';

export interface NewJob {
  readonly id: string;
  readonly kind: string;
  readonly queue: JobQueue;
  readonly priority: number;
  readonly input: object;
}

/** A claimed try; `attempt` is its fence: later writes count only while the row still shows it. */
export interface Claim {
  readonly kind: string;
  readonly attempt: number;
  readonly input: object;
}

export interface UnfinishedJob {
  readonly workspaceId: string;
  readonly id: string;
  readonly queue: JobQueue;
  readonly priority: number;
}

const COLUMNS = `id, kind, queue, status, progress, attempt, priority, result, result_url AS "resultUrl", error,
  created_at AS "createdAt", updated_at AS "updatedAt", finished_at AS "finishedAt"`;

const JOB = `SELECT ${COLUMNS} FROM jobs WHERE workspace_id = $1 AND id = $2`;

defineQuery({
  name: 'jobs.by-id',
  about: 'The newest job of the workspace, by its id',
  statement: async ({ workspaceId }, ask) => {
    // Ids begin with their time.
    const rows = await ask<{ id: string }>(`SELECT id FROM jobs WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1`, [
      workspaceId,
    ]);
    return { text: JOB, parameters: [workspaceId, rows[0]?.id ?? NO_ID] };
  },
});

/** Every null of the database as an absent property. */
function withoutNulls<T extends object>(row: T): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;
}

/** The rows of jobs. Each write of a try is fenced by status and attempt, so that a stale owner writes nothing. */
@Injectable()
export class JobsRepository {
  constructor(private readonly source: DataSource) {}

  async insert(manager: EntityManager, scope: WorkspaceScope, job: NewJob): Promise<void> {
    await manager.query(
      `INSERT INTO jobs (workspace_id, id, queue, kind, status, priority, input) VALUES ($1, $2, $3, $4, 'queued', $5, $6)`,
      [scope.workspaceId, job.id, job.queue, job.kind, job.priority, JSON.stringify(job.input)],
    );
  }

  async find(scope: WorkspaceScope, id: string): Promise<Job | undefined> {
    const rows: Job[] = await this.source.query(JOB, [scope.workspaceId, id]);
    return rows[0] && withoutNulls(rows[0]);
  }

  /** Begins a try, unless the job is over or had all its tries; beginning again what is running counts as one more. */
  async claim(scope: WorkspaceScope, id: string, tries: number): Promise<Claim | undefined> {
    const [rows]: [Claim[], number] = await this.source.query(
      `UPDATE jobs SET status = 'running', attempt = attempt + (status = 'running')::int, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND status IN ('queued', 'running') AND attempt + (status = 'running')::int <= $3
       RETURNING kind, attempt, input`,
      [scope.workspaceId, id, tries],
    );
    return rows[0];
  }

  async progress(scope: WorkspaceScope, id: string, attempt: number, percent: number): Promise<boolean> {
    return this.changed(
      `UPDATE jobs SET progress = greatest(progress, $4), updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND attempt = $3 AND status = 'running'`,
      [scope.workspaceId, id, attempt, percent],
    );
  }

  async finish(scope: WorkspaceScope, id: string, attempt: number, { result, resultUrl }: JobResult): Promise<boolean> {
    return this.changed(
      `UPDATE jobs SET status = 'done', progress = 100, result = $4, result_url = $5, updated_at = now(), finished_at = now()
       WHERE workspace_id = $1 AND id = $2 AND attempt = $3 AND status = 'running'`,
      [scope.workspaceId, id, attempt, result === undefined ? null : JSON.stringify(result), resultUrl ?? null],
    );
  }

  async fail(scope: WorkspaceScope, id: string, attempt: number, error: JobFailure): Promise<boolean> {
    return this.changed(
      `UPDATE jobs SET status = 'failed', error = $4, updated_at = now(), finished_at = now()
       WHERE workspace_id = $1 AND id = $2 AND attempt = $3 AND status = 'running'`,
      [scope.workspaceId, id, attempt, JSON.stringify(error)],
    );
  }

  /** Fails a job that nobody runs although it should. */
  async giveUp(scope: WorkspaceScope, id: string, error: JobFailure): Promise<boolean> {
    return this.changed(
      `UPDATE jobs SET status = 'failed', error = $3, updated_at = now(), finished_at = now()
       WHERE workspace_id = $1 AND id = $2 AND status IN ('queued', 'running')`,
      [scope.workspaceId, id, JSON.stringify(error)],
    );
  }

  async cancel(scope: WorkspaceScope, id: string): Promise<boolean> {
    return this.changed(
      `UPDATE jobs SET status = 'cancelled', updated_at = now(), finished_at = now()
       WHERE workspace_id = $1 AND id = $2 AND status IN ('queued', 'running')`,
      [scope.workspaceId, id],
    );
  }

  /** Unfinished jobs of all workspaces that have been silent for a while; the next page follows `after`. */
  async silent(silentMs: number, after: UnfinishedJob | undefined, limit: number): Promise<UnfinishedJob[]> {
    return this.source.query(
      `SELECT workspace_id AS "workspaceId", id, queue, priority FROM jobs
       WHERE status IN ('queued', 'running') AND updated_at < now() - $1 * interval '1 millisecond'
         AND ($2::uuid IS NULL OR (workspace_id, id) > ($2, $3::uuid))
       ORDER BY workspace_id, id LIMIT $4`,
      [silentMs, after?.workspaceId ?? null, after?.id ?? null, limit],
    );
  }

  /** Removes at most `limit` jobs of all workspaces that ended more than `days` ago; gives how many. */
  async removeFinished(days: number, limit: number): Promise<number> {
    const [, count]: [unknown, number] = await this.source.query(
      `DELETE FROM jobs WHERE (workspace_id, id) IN (
         SELECT workspace_id, id FROM jobs
         WHERE status IN ('done', 'failed', 'cancelled') AND finished_at < now() - make_interval(days => $1) LIMIT $2)`,
      [days, limit],
    );
    return count;
  }

  /** Runs the work with the row locked, if the job is still unfinished. */
  async whileUnfinished(
    scope: WorkspaceScope,
    id: string,
    work: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.source.transaction(async (manager) => {
      const rows: unknown[] = await manager.query(
        `SELECT 1 FROM jobs WHERE workspace_id = $1 AND id = $2 AND status IN ('queued', 'running') FOR UPDATE`,
        [scope.workspaceId, id],
      );
      if (rows.length > 0) await work(manager);
    });
  }

  private async changed(sql: string, parameters: unknown[]): Promise<boolean> {
    const [, count]: [unknown, number] = await this.source.query(sql, parameters);
    return count > 0;
  }
}
