import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { defineQuery } from '../database/named-queries.js';
import { runInTransaction } from '../database/transaction.js';
import type { WorkspaceScope } from '../database/workspace-scope.js';
import type { Cost, CostFilter, CostKind, CostReport, CostSums } from './costs.types.js';

const MOST_SESSIONS = 50;
const MOST_GROUPS = 100;

interface RawSums {
  readonly calls: number;
  readonly cost: string;
  readonly saved: string;
}
type Raw<T> = RawSums & T;

interface RawReport {
  readonly totals: RawSums;
  readonly byDay: readonly Raw<{ readonly day: string }>[];
  readonly byModel: readonly Raw<{ readonly kind: CostKind; readonly model: string }>[];
  readonly byCategory: readonly Raw<{ readonly category: string }>[];
  readonly bySession: readonly Raw<{ readonly sessionId: string }>[];
}

const SUMS = `coalesce(sum(calls), 0)::float8 AS calls, coalesce(sum(cost_micro_usd), 0) AS cost, coalesce(sum(saved_micro_usd), 0) AS saved`;
const JSON_SUMS = `'calls', calls, 'cost', cost::text, 'saved', saved::text`;

/** @param keys column → name in the answer */
function groups(from: string, keys: Readonly<Record<string, string>>, order: string, most: number): string {
  const names = Object.keys(keys).join(', ');
  const members = Object.entries(keys).map(([column, name]) => `'${name}', ${column}`);
  return `(SELECT coalesce(json_agg(json_build_object(${members.join(', ')}, ${JSON_SUMS}) ORDER BY ${order}), '[]')
     FROM (SELECT ${names}, ${SUMS} FROM ${from} GROUP BY ${names} ORDER BY ${order} LIMIT ${most}) AS one)`;
}

/** Roll-ups of days and of sessions, and the deltas that are not yet folded into them, in one snapshot. */
const REPORT = `WITH fresh AS MATERIALIZED (
    SELECT day, session_id, kind, model, category, calls, cost_micro_usd, saved_micro_usd FROM cost_statistics_deltas
     WHERE workspace_id = $1 AND day BETWEEN $2::date AND $3::date),
  days AS MATERIALIZED (
    SELECT day, kind, model, category, calls, cost_micro_usd, saved_micro_usd FROM cost_statistics
     WHERE workspace_id = $1 AND grain = 'day' AND day BETWEEN $2::date AND $3::date
    UNION ALL SELECT day, kind, model, category, calls, cost_micro_usd, saved_micro_usd FROM fresh),
  of_sessions AS (
    SELECT session_id, calls, cost_micro_usd, saved_micro_usd FROM cost_statistics
     WHERE workspace_id = $1 AND grain = 'session' AND day BETWEEN $2::date AND $3::date
    UNION ALL SELECT session_id, calls, cost_micro_usd, saved_micro_usd FROM fresh WHERE session_id IS NOT NULL)
  SELECT (SELECT json_build_object(${JSON_SUMS}) FROM (SELECT ${SUMS} FROM days) AS one) AS totals,
   ${groups('days', { day: 'day' }, 'day', 1000)} AS "byDay",
   ${groups('days', { kind: 'kind', model: 'model' }, 'cost DESC, kind, model COLLATE "C"', MOST_GROUPS)} AS "byModel",
   ${groups('days', { category: 'category' }, 'cost DESC, category COLLATE "C"', MOST_GROUPS)} AS "byCategory",
   ${groups('of_sessions', { session_id: 'sessionId' }, 'cost DESC, session_id', MOST_SESSIONS)} AS "bySession"`;

defineQuery({
  name: 'costs.report',
  about: 'Money of the workspace in the year 2026, by day, model, category and session',
  statement: (scope) => ({ text: REPORT, parameters: [scope.workspaceId, '2026-01-01', '2026-12-31'] }),
});

/** Sums of `cost_statistics` and of the deltas in `cost_statistics_deltas`. */
@Injectable()
export class CostsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Adds deltas in the caller's transaction, in one statement; a trigger adds those of a session to its row, too. */
  async add(manager: EntityManager, scope: WorkspaceScope, costs: readonly Cost[]): Promise<void> {
    const rows = costs.map((cost) => ({
      day: cost.at.toISOString().slice(0, 10),
      session_id: cost.sessionId ?? null,
      kind: cost.kind,
      model: cost.model,
      category: cost.category ?? '',
      calls: cost.calls ?? 1,
      cost_micro_usd: cost.costMicroUsd,
      saved_micro_usd: cost.savedMicroUsd ?? 0,
    }));
    await manager.query(
      `INSERT INTO cost_statistics_deltas (workspace_id, day, session_id, kind, model, category, calls, cost_micro_usd, saved_micro_usd)
       SELECT $1, c.* FROM jsonb_to_recordset($2::jsonb) AS c (day date, session_id uuid, kind text, model text, category text,
                                                              calls bigint, cost_micro_usd bigint, saved_micro_usd bigint)`,
      [scope.workspaceId, JSON.stringify(rows)],
    );
  }

  async report(scope: WorkspaceScope, { from, to }: CostFilter): Promise<CostReport> {
    const rows: RawReport[] = await this.dataSource.query(REPORT, [scope.workspaceId, from, to]);
    const [report] = rows;
    if (report === undefined) throw new Error('a report is one row, always');
    return {
      ...sumsOf(report.totals),
      byDay: report.byDay.map(({ day, ...sums }) => ({ day, ...sumsOf(sums) })),
      byModel: report.byModel.map(({ kind, model, ...sums }) => ({ kind, model, ...sumsOf(sums) })),
      byCategory: report.byCategory.map(({ category, ...sums }) => ({ category: category || null, ...sumsOf(sums) })),
      bySession: report.bySession.map(({ sessionId, ...sums }) => ({ sessionId, ...sumsOf(sums) })),
    };
  }

  /** Folds at most `batch` deltas of all workspaces into the roll-ups; gives how many, 0 while another process does it. */
  async compact(batch: number): Promise<number> {
    const rows = await runInTransaction<{ taken: number }[]>(this.dataSource, (manager) =>
      manager.query(`SELECT compact_cost_statistics($1) AS taken`, [batch]),
    );
    return rows[0]?.taken ?? 0;
  }
}

const sumsOf = ({ calls, cost, saved }: RawSums): CostSums => ({
  calls,
  costMicroUsd: BigInt(cost),
  savedMicroUsd: BigInt(saved),
});
