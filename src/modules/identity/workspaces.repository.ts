import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PUBLIC_WORKSPACE_ID } from './identity.types.js';

export interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

const COLUMNS = `id, name, created_at AS "createdAt"`;

/** Rows of `workspaces`. Without a scope: it is what scopes are made from, so each caller says who may ask. */
@Injectable()
export class WorkspacesRepository {
  constructor(private readonly database: DataSource) {}

  /** Undefined when the name is taken. */
  async add(manager: EntityManager, id: string, name: string): Promise<WorkspaceRow | undefined> {
    const rows = await manager.query<WorkspaceRow[]>(
      `INSERT INTO workspaces (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING ${COLUMNS}`,
      [id, name],
    );
    return rows[0];
  }

  async find(id: string): Promise<WorkspaceRow | undefined> {
    const rows = await this.database.query<WorkspaceRow[]>(`SELECT ${COLUMNS} FROM workspaces WHERE id = $1`, [id]);
    return rows[0];
  }

  /** Those that people work in, the oldest first, at most `limit`. */
  list(limit: number): Promise<WorkspaceRow[]> {
    return this.database.query<WorkspaceRow[]>(
      `SELECT ${COLUMNS} FROM workspaces WHERE id <> $1 ORDER BY created_at, id LIMIT $2`,
      [PUBLIC_WORKSPACE_ID, limit],
    );
  }
}
