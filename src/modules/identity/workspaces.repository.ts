import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PageRow } from '../../http/read-page.js';
import { Keyset, type PageWindow } from '../../shared/database/keyset.js';
import { PUBLIC_WORKSPACE_ID } from './identity.types.js';

export interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

const COLUMNS = `id, name, created_at AS "createdAt"`;

const OLDEST_FIRST = new Keyset([
  { sql: 'created_at', type: 'timestamptz' },
  { sql: 'id', type: 'uuid' },
]);

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

  /** Those that people work in, the oldest first. @param only the one to be listed; undefined: all */
  list(only: string | undefined, window: PageWindow): Promise<(WorkspaceRow & PageRow)[]> {
    const { where, parameters } = conditions(only);
    const place = (value: unknown) => `$${parameters.push(value)}`;
    const { backwards, limit, offset = 0, after } = window;
    if (after) where.push(OLDEST_FIRST.behind(after, backwards, place));
    return this.database.query<(WorkspaceRow & PageRow)[]>(
      `SELECT ${COLUMNS}, ${OLDEST_FIRST.key} AS key FROM workspaces WHERE ${where.join(' AND ')}
        ORDER BY ${OLDEST_FIRST.orderBy(backwards)} LIMIT ${place(limit)} OFFSET ${place(offset)}`,
      parameters,
    );
  }

  async count(only: string | undefined, cap: number): Promise<number> {
    const { where, parameters } = conditions(only);
    const rows = await this.database.query<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM (
         SELECT 1 FROM workspaces WHERE ${where.join(' AND ')} LIMIT $${parameters.push(cap + 1)}) AS counted`,
      parameters,
    );
    return rows[0]?.n ?? 0;
  }
}

function conditions(only: string | undefined): { where: string[]; parameters: unknown[] } {
  const parameters: unknown[] = [PUBLIC_WORKSPACE_ID];
  const where = ['id <> $1'];
  if (only !== undefined) where.push(`id = $${parameters.push(only)}`);
  return { where, parameters };
}
