import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Processes that serve HTTP. They belong to no workspace; their leases are measured by the database's clock. */
@Injectable()
export class InstancesRepository {
  constructor(private readonly database: DataSource) {}

  /** Says that this process lives. @returns how many do, this one included */
  async beat(id: string, deadAfterMs: number): Promise<number> {
    await this.database.query(
      `INSERT INTO http_instances (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
      [id],
    );
    const rows = await this.database.query<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM http_instances WHERE seen_at > now() - $1 * interval '1 millisecond'`,
      [deadAfterMs],
    );
    return rows[0]?.n ?? 1;
  }

  /** Takes this process out, and with it those that have been silent for an hour. */
  async leave(id: string): Promise<void> {
    await this.database.query(`DELETE FROM http_instances WHERE id = $1 OR seen_at < now() - interval '1 hour'`, [id]);
  }
}
