import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { Sha256 } from './research.types.js';

/** What is remembered of one address: that it was asked, what it said, and the evidence made of it. */
export interface UpstreamFact {
  readonly url: string;
  readonly etag?: string;
  /** HTTP status of the answer: 200, or 404 for "there is none". */
  readonly status: number;
  readonly sha256?: Sha256;
  /** Small things beside the evidence, e.g. `{ tarball }`. */
  readonly facts: Readonly<Record<string, string>>;
  readonly fetchedAt: Date;
}

interface Row {
  readonly url: string;
  readonly etag: string | null;
  readonly status: number;
  readonly sha256: string | null;
  readonly facts: Record<string, string> | null;
  readonly fetched_at: Date;
}

/** $3 and $4 are the same moment, as a time and as the text in which a claim holds it. */
const UNASKED = `fetched_at < $3 AND coalesce(facts ->> 'checkedAt', '') < $4`;

/** Memory of upstream answers, so that a restart or a second run asks nothing that is still fresh. */
@Injectable()
export class FactsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async findMany(scope: WorkspaceScope, urls: readonly string[]): Promise<Map<string, UpstreamFact>> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT url, etag, status, sha256, facts, fetched_at FROM upstream_facts
       WHERE workspace_id = $1 AND url = ANY ($2::text[])`,
      [scope.workspaceId, urls],
    );
    return new Map(rows.map((row) => [row.url, fromRow(row)]));
  }

  /** Writes or renews; a fact's evidence must already be stored. */
  async save(scope: WorkspaceScope, fact: UpstreamFact): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO upstream_facts (workspace_id, url, etag, status, sha256, facts, fetched_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (workspace_id, url) DO UPDATE SET etag = EXCLUDED.etag, status = EXCLUDED.status,
         sha256 = EXCLUDED.sha256, facts = EXCLUDED.facts, fetched_at = EXCLUDED.fetched_at`,
      [
        scope.workspaceId,
        fact.url,
        fact.etag ?? null,
        fact.status,
        fact.sha256 ?? null,
        JSON.stringify(fact.facts),
        fact.fetchedAt,
      ],
    );
  }

  /**
   * Addresses of newest package records that were neither asked nor claimed since `before`, from `after` on in the order of
   * addresses.
   */
  async due(
    scope: WorkspaceScope,
    { before, after, limit }: { readonly before: Date; readonly after: string; readonly limit: number },
  ): Promise<string[]> {
    const rows: { readonly url: string }[] = await this.dataSource.query(
      `SELECT url FROM upstream_facts
       WHERE workspace_id = $1 AND url > $2 AND status = 200 AND url LIKE '%/latest' AND ${UNASKED} ORDER BY url LIMIT $5`,
      [scope.workspaceId, after, before, before.toISOString(), limit],
    );
    return rows.map(({ url }) => url);
  }

  /** True for exactly one of those who want to ask an address that is due. */
  async claim(scope: WorkspaceScope, url: string, before: Date, at: Date): Promise<boolean> {
    const [rows]: [unknown[], number] = await this.dataSource.query(
      `UPDATE upstream_facts SET facts = coalesce(facts, '{}') || jsonb_build_object('checkedAt', $5::text)
       WHERE workspace_id = $1 AND url = $2 AND ${UNASKED} RETURNING url`,
      [scope.workspaceId, url, before, before.toISOString(), at.toISOString()],
    );
    return rows.length > 0;
  }

  /** The upstream said that nothing changed. */
  async touch(scope: WorkspaceScope, url: string, fetchedAt: Date): Promise<void> {
    await this.dataSource.query(`UPDATE upstream_facts SET fetched_at = $3 WHERE workspace_id = $1 AND url = $2`, [
      scope.workspaceId,
      url,
      fetchedAt,
    ]);
  }
}

function fromRow(row: Row): UpstreamFact {
  return {
    url: row.url,
    ...(row.etag !== null && { etag: row.etag }),
    status: row.status,
    ...(row.sha256 !== null && { sha256: row.sha256 }),
    facts: row.facts ?? {},
    fetchedAt: row.fetched_at,
  };
}
