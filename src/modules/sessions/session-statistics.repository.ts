import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { defineQuery } from '../../shared/database/named-queries.js';
import type { Statement } from '../../shared/database/query-profiler.js';
import { runInTransaction } from '../../shared/database/transaction.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { Grain, StatisticsFilter } from './session-statistics.types.js';
import type { SessionStatus } from './sessions.types.js';
import { partsOf } from './statistics/periods.js';

/** Most frequent models and project types that are told one by one. */
const MOST_GROUPS = 50;

/** What is summed; the names are those of the columns. */
const COUNTS = [
  'sessions',
  'documents',
  'quality_points',
  'gaps_to_research',
  'gaps_decided',
  'gaps_decided_by_people',
  'research_answered',
  'research_cached',
  'research_failed',
  'research_options',
] as const;
/** Wider than a number of JavaScript; as text. */
const WIDE = ['quality_tens', 'durations', 'cost_micro_usd', 'saved_micro_usd'] as const;

type Totals = Readonly<Record<(typeof COUNTS)[number], number> & Record<(typeof WIDE)[number], string>>;

/** What hangs on a session, as numbers of its row; a trigger on them and on the status keeps the statistics. */
const FIGURES = [
  'gaps_to_research',
  'gaps_decided',
  'gaps_decided_by_people',
  'research_answered',
  'research_cached',
  'research_failed',
  'research_options',
  'quality',
] as const;

/**
 * Further assignments for an UPDATE of the session ($1, $2): its figures from the rows as they are at that moment. Part of a statement that is made
 * anyway, and right whatever was counted before.
 * @param run SQL of the run they are of
 */
export const recountFigures = (run: string): string =>
  `, (${FIGURES.join(', ')}) = (SELECT * FROM session_figures($1, $2, ${run}))`;

export interface StatisticsSums {
  readonly totals: Totals;
  readonly byStatus: readonly { readonly status: SessionStatus; readonly sessions: number }[];
  /** `''`: none was named. */
  readonly byModel: readonly { readonly model: string; readonly sessions: number }[];
  readonly byProjectType: readonly { readonly projectType: string; readonly sessions: number }[];
  readonly buckets: readonly { readonly start: string; readonly status: SessionStatus; readonly sessions: number }[];
}

/** Bits of `session_statistics.summed`: the row is of all of them, and its column empty. */
const SUMMED = { status: 1, model: 2, projectType: 4 } as const;
type Dimension = keyof typeof SUMMED;

const MEASURES = [...COUNTS, ...WIDE].join(', ');
const FILTER = `($5::text IS NULL OR status = $5) AND ($6::text IS NULL OR model = $6)
        AND ($7::text IS NULL OR project_type = project_type_of($7))`;

/**
 * Rows of one grain of summing in the parts of the span. OFFSET keeps each part a search by the primary key: taken for a join, the planner
 * may read the whole table.
 */
const rollUps = (columns: string, summed: string, grains: string): string => `
    SELECT r.* FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS part (grain, since, until)
     CROSS JOIN LATERAL (
      SELECT ${columns} FROM session_statistics
       WHERE workspace_id = $1 AND grain = part.grain AND summed = ${summed} AND period >= part.since AND period < part.until AND ${FILTER}
      OFFSET 0) AS r
     WHERE part.grain ${grains}`;

/** The most frequent values of a column as a list. @param summed parameter with the grain of summing that tells them apart */
const groups = (column: string, name: string, summed: string): string => `(
    SELECT coalesce(json_agg(json_build_object('${name}', ${column}, 'sessions', n) ORDER BY n DESC, ${column} COLLATE "C"), '[]')
      FROM (SELECT ${column}, sum(sessions)::float8 AS n
              FROM (${rollUps(`${column}, sessions`, summed, `<> 'hour'`)}
                UNION ALL SELECT ${column}, sessions FROM fine) AS cells
             GROUP BY ${column} HAVING sum(sessions) <> 0
             ORDER BY n DESC, ${column} COLLATE "C" LIMIT ${MOST_GROUPS}) AS most)`;

/**
 * Roll-ups of the parts of the span, and the deltas that are not yet folded into them, in one snapshot. Of days and months only rows are read that
 * are summed over what is neither asked for nor told: a handful a period, however many models and project types there are.
 */
const STATISTICS = `WITH fine AS MATERIALIZED (${rollUps(`period, status, model, project_type, ${MEASURES}`, '0', `= 'hour'`)}
    UNION ALL
    SELECT hour, status, model, project_type, ${MEASURES} FROM session_statistics_deltas
     WHERE workspace_id = $1 AND hour >= $9::timestamptz AND hour < $10::timestamptz AND ${FILTER}),
  cells AS NOT MATERIALIZED (${rollUps(`period, status, ${MEASURES}`, '$11', `<> 'hour'`)}
    UNION ALL SELECT period, status, ${MEASURES} FROM fine),
  grouped AS MATERIALIZED (
    SELECT status, bucket, sum(sessions)::float8 AS sessions
      FROM (SELECT status, sessions, date_trunc($8, period, 'UTC') AS bucket FROM cells) AS c
     GROUP BY GROUPING SETS ((bucket, status), (status)) HAVING sum(sessions) <> 0)
  SELECT
  (SELECT json_build_object(${[
    ...COUNTS.map((name) => `'${name}', coalesce(sum(${name}), 0)::float8`),
    ...WIDE.map((name) => `'${name}', coalesce(sum(${name}), 0)::text`),
  ].join(', ')}) FROM cells) AS totals,
  (SELECT coalesce(json_agg(json_build_object('status', status, 'sessions', sessions)), '[]')
     FROM grouped WHERE bucket IS NULL) AS "byStatus",
  ${groups('model', 'model', '$12')} AS "byModel",
  ${groups('project_type', 'projectType', '$13')} AS "byProjectType",
  (SELECT coalesce(json_agg(json_build_object('start', bucket, 'status', status, 'sessions', sessions) ORDER BY bucket), '[]')
     FROM grouped WHERE bucket IS NOT NULL) AS buckets`;

defineQuery({
  name: 'sessions.statistics',
  about: 'Statistics of all sessions of the workspace, by month',
  statement: (scope) => statisticsStatement(scope, {}, 'month'),
});

/** Sums of `session_statistics` and of the deltas in `session_statistics_deltas`, which triggers on `sessions` write. */
@Injectable()
export class SessionStatisticsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** In one query. @param bucket period by which sessions are counted over time */
  async sums(scope: WorkspaceScope, filter: StatisticsFilter, bucket: Grain): Promise<StatisticsSums> {
    const { text, parameters } = statisticsStatement(scope, filter, bucket);
    const rows: StatisticsSums[] = await this.dataSource.query(text, [...parameters]);
    if (rows[0] === undefined) throw new Error('statistics are one row, always');
    return rows[0];
  }

  /** Folds at most `batch` deltas of all workspaces into the roll-ups; gives how many, 0 while another process does it. */
  async compact(batch: number): Promise<number> {
    const rows = await runInTransaction<{ taken: number }[]>(this.dataSource, (manager) =>
      manager.query(`SELECT compact_session_statistics($1) AS taken`, [batch]),
    );
    return rows[0]?.taken ?? 0;
  }
}

function statisticsStatement(scope: WorkspaceScope, filter: StatisticsFilter, bucket: Grain): Statement {
  const { status, model, projectType, from = -Infinity, to = Infinity } = filter;
  const parts = partsOf({ from, to }, bucket);
  const parameters = [
    scope.workspaceId,
    parts.map(({ grain }) => grain),
    parts.map((part) => timeOf(part.from)),
    parts.map((part) => timeOf(part.to)),
    status ?? null,
    model === null ? '' : (model ?? null),
    projectType ?? null,
    bucket,
    timeOf(from),
    timeOf(to),
    summedFor(filter, 'status'),
    summedFor(filter, 'model'),
    summedFor(filter, 'projectType'),
  ];
  return { text: STATISTICS, parameters };
}

/** What rows are summed over that tell the values of one dimension apart, and that of each dimension that is asked by. */
function summedFor(filter: StatisticsFilter, told: Dimension): number {
  const over = (Object.keys(SUMMED) as Dimension[]).filter((one) => one !== told && filter[one] === undefined);
  return over.reduce((bits, one) => bits | SUMMED[one], 0);
}

function timeOf(at: number): string {
  if (at === -Infinity) return '-infinity';
  return at === Infinity ? 'infinity' : new Date(at).toISOString();
}
