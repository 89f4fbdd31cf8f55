import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Removes what was sent in and is old, of all workspaces. */
@Injectable()
export class CodeRetentionRepository {
  constructor(private readonly source: DataSource) {}

  /** Takes the lists of files from at most `limit` analyses that are older than `days`; gives how many. */
  async emptyAnalyses(days: number, limit: number): Promise<number> {
    const [, count]: [unknown, number] = await this.source.query(
      `WITH old AS (
         SELECT workspace_id, id FROM code_analyses
          WHERE emptied_at IS NULL AND created_at < now() - make_interval(days => $1)
          ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED),
       gone AS (
         DELETE FROM analysed_files f USING old WHERE f.workspace_id = old.workspace_id AND f.analysis_id = old.id)
       UPDATE code_analyses c SET emptied_at = now() FROM old
        WHERE c.workspace_id = old.workspace_id AND c.id = old.id`,
      [days, limit],
    );
    return count;
  }

  /** Removes at most `limit` contents that no analysis lists and nobody has sent for `days`; gives how many. */
  async removeContents(days: number, limit: number): Promise<number> {
    const [, count]: [unknown, number] = await this.source.query(
      `DELETE FROM file_contents c USING (
         SELECT workspace_id, sha256 FROM file_contents o
          WHERE sent_at < now() - make_interval(days => $1) AND NOT EXISTS (
            SELECT 1 FROM analysed_files f WHERE f.workspace_id = o.workspace_id AND f.sha256 = o.sha256)
          ORDER BY sent_at LIMIT $2) AS old
        WHERE c.workspace_id = old.workspace_id AND c.sha256 = old.sha256
          AND c.sent_at < now() - make_interval(days => $1)`,
      [days, limit],
    );
    return count;
  }
}
