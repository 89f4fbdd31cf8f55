/** SQL of 0005-statistics.ts: what is counted of a session, and how deltas are folded. */

/** A column that is summed, with what one session adds to it; `$` stands for the row. */
interface Measure {
  readonly name: string;
  readonly type: 'bigint' | 'numeric';
  readonly of: string;
}

const summed = (name: string, of = `$.${name}`): Measure => ({ name, type: 'bigint', of });

/** What `session_figures` finds in the rows that hang on a session, kept in `sessions`. */
const FIGURES = {
  gaps_to_research: 'integer NOT NULL DEFAULT 0',
  gaps_decided: 'integer NOT NULL DEFAULT 0',
  gaps_decided_by_people: 'integer NOT NULL DEFAULT 0',
  research_answered: 'integer NOT NULL DEFAULT 0',
  research_cached: 'integer NOT NULL DEFAULT 0',
  research_failed: 'integer NOT NULL DEFAULT 0',
  research_options: 'integer NOT NULL DEFAULT 0',
  quality: 'smallint',
};
const MONEY = { cost_micro_usd: 'bigint NOT NULL DEFAULT 0', saved_micro_usd: 'bigint NOT NULL DEFAULT 0' };

/** Columns of `sessions`. No project type: the session was there before and is not counted yet. */
export const SESSION_COLUMNS: Readonly<Record<string, string>> = { project_type: 'text', ...FIGURES, ...MONEY };
const FIGURE_NAMES = Object.keys(FIGURES).join(', ');

/** A histogram is a number whose groups of 12 decimal digits are the counts of its bins: it is added like any other. */
const MEASURES: readonly Measure[] = [
  summed('sessions', '1'),
  ...Object.keys(FIGURES).flatMap((name) => (name === 'quality' ? [] : [summed(name)])),
  summed('documents', '($.quality IS NOT NULL)::int'),
  summed('quality_points', 'coalesce($.quality, 0)'),
  { name: 'quality_tens', type: 'numeric', of: 'coalesce(public.histogram_of($.quality / 10 - $.quality / 100), 0)' },
  {
    name: 'durations',
    type: 'numeric',
    of: 'coalesce(public.histogram_of(public.duration_bin($.finished_at - $.started_at)), 0)',
  },
  ...Object.keys(MONEY).map((name) => summed(name)),
];
const COST_MEASURES = [summed('calls'), ...Object.keys(MONEY).map((name) => summed(name))];

const namesOf = (measures: readonly Measure[]): string => measures.map(({ name }) => name).join(', ');
const columnsOf = (measures: readonly Measure[]): string =>
  measures.map(({ name, type }) => `${name} ${type} NOT NULL`).join(',\n  ');

export const TABLES = [
  `CREATE TABLE IF NOT EXISTS session_statistics_deltas (
  workspace_id uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  hour timestamptz NOT NULL,
  status text NOT NULL,
  model text NOT NULL,
  project_type text NOT NULL,
  ${columnsOf(MEASURES)},
  PRIMARY KEY (workspace_id, id)
)`,
  `CREATE TABLE IF NOT EXISTS session_statistics (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  grain text NOT NULL CHECK (grain IN ('hour', 'day', 'month')),
  summed smallint NOT NULL CHECK (summed BETWEEN 0 AND 7),
  period timestamptz NOT NULL,
  status text NOT NULL,
  model text NOT NULL,
  project_type text NOT NULL,
  ${columnsOf(MEASURES)},
  PRIMARY KEY (workspace_id, grain, summed, period, status, model, project_type)
) WITH (fillfactor = 80)`,
  `CREATE TABLE IF NOT EXISTS cost_statistics_deltas (
  workspace_id uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  day date NOT NULL,
  session_id uuid,
  kind text NOT NULL CHECK (kind IN ('llm', 'search')),
  model text NOT NULL,
  category text NOT NULL,
  ${columnsOf(COST_MEASURES)},
  CHECK (calls >= 0 AND cost_micro_usd >= 0 AND saved_micro_usd >= 0),
  PRIMARY KEY (workspace_id, id)
)`,
  // A row of grain `session` has no kind, model and category; one of grain `day` has no session (the nil UUID).
  `CREATE TABLE IF NOT EXISTS cost_statistics (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  grain text NOT NULL CHECK (grain IN ('day', 'session')),
  day date NOT NULL,
  session_id uuid NOT NULL,
  kind text NOT NULL,
  model text NOT NULL,
  category text NOT NULL,
  ${columnsOf(COST_MEASURES)},
  PRIMARY KEY (workspace_id, grain, day, session_id, kind, model, category)
) WITH (fillfactor = 80)`,
  // Rows come and go: what is gone is cleared after some thousands, however large the table once was.
  ...['session_statistics_deltas', 'cost_statistics_deltas'].map(
    (table) =>
      `ALTER TABLE ${table} SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1)`,
  ),
  `CREATE INDEX IF NOT EXISTS idx_session_statistics_empty ON session_statistics (workspace_id) WHERE ${emptyOf(MEASURES)}`,
];

function emptyOf(measures: readonly Measure[]): string {
  return measures.map(({ name }) => `${name} = 0`).join(' AND ');
}

/** What a fold does last. */
export const REMOVE_EMPTY = `DELETE FROM public.session_statistics WHERE ${emptyOf(MEASURES)}`;

interface Compaction {
  readonly table: string;
  /** What deltas are first added up by, so that many of one moment are few. */
  readonly base: string;
  /** Columns of the roll-up's key. */
  readonly key: string;
  /** Rows of the roll-up, of `base`. */
  readonly rows: string;
  readonly measures: readonly Measure[];
  /** Run after the fold. */
  readonly then?: string;
}

/**
 * Folds the oldest deltas into the roll-ups, at most `batch` of them, in the caller's transaction; gives how many. What one statement
 * deletes it adds, so that whoever reads both tables in one statement sees the same sums before and after.
 */
function compaction({ table, base, key, rows, measures, then = '' }: Compaction): string {
  const places = key.split(', ').map((_, index) => index + 1);
  const grown = measures.map(({ name }) => `${name} = s.${name} + excluded.${name}`);
  return `CREATE OR REPLACE FUNCTION compact_${table}(batch integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  taken integer;
BEGIN
  -- One at a time is enough: two would only wait for each other's rows.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('compact_${table}', 0)) THEN RETURN 0; END IF;
  WITH gone AS (
    DELETE FROM public.${table}_deltas
     WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.${table}_deltas ORDER BY workspace_id, id LIMIT batch))
    RETURNING *),
  base AS MATERIALIZED (
    SELECT ${base}, ${sumsOf(measures)} FROM gone GROUP BY ${base}
    HAVING ${measures.map(({ name }) => `sum(${name}) <> 0`).join(' OR ')}),
  folded AS (
    INSERT INTO public.${table} AS s (${key}, ${namesOf(measures)})
    ${rows}
     ORDER BY ${places.join(', ')}
    ON CONFLICT (${key}) DO UPDATE SET ${grown.join(', ')})
  SELECT count(*) INTO taken FROM gone;${then}
  RETURN taken;
END $$`;
}

const sumsOf = (measures: readonly Measure[]): string =>
  measures.map(({ name }) => `sum(${name}) AS ${name}`).join(', ');

/** The delta of a row of `sessions`. */
const ofRow = (row: string, sign = ''): string =>
  [
    `${row}.workspace_id, date_trunc('hour', ${row}.created_at, 'UTC'), ${row}.status, coalesce(${row}.model, ''), ${row}.project_type`,
    ...MEASURES.map(({ of }) => `${sign}${of.replaceAll('$', row)}`),
  ].join(', ');
const INTO_DELTAS = `INSERT INTO public.session_statistics_deltas (workspace_id, hour, status, model, project_type, ${namesOf(MEASURES)}) VALUES`;
const COUNTED = ['status', 'model', 'created_at', 'started_at', 'finished_at', ...Object.keys(SESSION_COLUMNS)];
const counted = (row: string): string => `ROW(${COUNTED.map((name) => `${row}.${name}`).join(', ')})`;

/** Written with the names of their schema: whoever calls them, they mean our tables. */
export const FUNCTIONS = [
  `CREATE OR REPLACE FUNCTION project_type_of(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT left(lower(regexp_replace(btrim(coalesce(words, '')), '[[:space:]]+', ' ', 'g') COLLATE "C"), 200)
$$`,
  `CREATE OR REPLACE FUNCTION histogram_of(bin integer) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT ('1e' || 12 * bin)::numeric
$$`,
  // Bin n holds more than 1.1^(n-1) and at most 1.1^n milliseconds: its middle is at most 4.8 % away from any of them.
  `CREATE OR REPLACE FUNCTION duration_bin(took interval) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT least(300, ceil(ln(greatest(extract(epoch FROM took)::float8 * 1000, 1)) / ln(1.1::float8)))::integer
$$`,
  // In plpgsql, which keeps its plan: written into the UPDATE, it would be planned with each of them.
  `CREATE OR REPLACE FUNCTION session_figures(of_workspace uuid, of_session uuid, of_run integer)
RETURNS TABLE (${Object.entries(FIGURES)
    .map(([name, type]) => `${name} ${type.split(' ', 1)[0]}`)
    .join(', ')})
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT g.to_research, d.decided, d.by_people, r.answered, r.cached, g.failed, r.options,
         (SELECT least(100, greatest(0, round((quality ->> 'total')::float8)))::smallint FROM public.documents
           WHERE workspace_id = of_workspace AND session_id = of_session ORDER BY version DESC LIMIT 1)
    FROM (SELECT count(*) FILTER (WHERE (body ->> 'research')::boolean)::integer AS to_research,
                 count(error)::integer AS failed
            FROM public.gaps WHERE workspace_id = of_workspace AND session_id = of_session AND run = of_run) g,
         (SELECT count(*)::integer AS decided, (count(*) FILTER (WHERE body ->> 'by' = 'person'))::integer AS by_people
            FROM public.decisions WHERE workspace_id = of_workspace AND session_id = of_session AND run = of_run) d,
         (SELECT count(*)::integer AS answered, (count(*) FILTER (WHERE (output ->> 'cached')::boolean))::integer AS cached,
                 coalesce(sum((output ->> 'options')::integer), 0)::integer AS options
            FROM public.session_nodes
           WHERE workspace_id = of_workspace AND session_id = of_session AND run = of_run AND node = 'research' AND state = 'done') r;
END $$`,
  `CREATE OR REPLACE FUNCTION sessions_project_type() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.project_type := public.project_type_of(NEW.brief ->> 'projectType');
  RETURN NEW;
END $$`,
  // What the row was goes, what it is comes: in one statement, whatever changed it.
  `CREATE OR REPLACE FUNCTION sessions_statistics() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND ${counted('OLD')} IS NOT DISTINCT FROM ${counted('NEW')} THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' AND OLD.project_type IS NOT NULL AND NEW.project_type IS NOT NULL THEN
    ${INTO_DELTAS} (${ofRow('OLD', '-')}), (${ofRow('NEW')});
  ELSIF TG_OP <> 'DELETE' AND NEW.project_type IS NOT NULL THEN
    ${INTO_DELTAS} (${ofRow('NEW')});
  ELSIF TG_OP <> 'INSERT' AND OLD.project_type IS NOT NULL THEN
    ${INTO_DELTAS} (${ofRow('OLD', '-')});
  END IF;
  RETURN NULL;
END $$`,
  `CREATE OR REPLACE FUNCTION cost_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.sessions SET cost_micro_usd = cost_micro_usd + NEW.cost_micro_usd, saved_micro_usd = saved_micro_usd + NEW.saved_micro_usd
   WHERE workspace_id = NEW.workspace_id AND id = NEW.session_id;
  RETURN NULL;
END $$`,
  // Days and months are there by each of status, model and project type, and summed over each: what is not asked by is read as one row.
  compaction({
    table: 'session_statistics',
    base: 'workspace_id, hour, status, model, project_type',
    key: 'workspace_id, grain, summed, period, status, model, project_type',
    rows: `SELECT workspace_id, 'hour', 0, hour, status, model, project_type, ${namesOf(MEASURES)} FROM base
    UNION ALL
    SELECT workspace_id, grain, GROUPING(project_type, model, status), date_trunc(grain, hour, 'UTC'), coalesce(status, ''),
           coalesce(model, ''), coalesce(project_type, ''), ${sumsOf(MEASURES)}
      FROM base CROSS JOIN unnest(ARRAY['day', 'month']) AS grain
     GROUP BY workspace_id, grain, date_trunc(grain, hour, 'UTC'), CUBE (status, model, project_type)`,
    measures: MEASURES,
    then: `
  -- What nothing is left of: statuses that sessions of that time only passed through.
  ${REMOVE_EMPTY};`,
  }),
  compaction({
    table: 'cost_statistics',
    base: 'workspace_id, day, session_id, kind, model, category',
    key: 'workspace_id, grain, day, session_id, kind, model, category',
    rows: `SELECT workspace_id, 'day', day, '00000000-0000-0000-0000-000000000000'::uuid, kind, model, category, ${sumsOf(COST_MEASURES)} FROM base
     GROUP BY workspace_id, day, kind, model, category
    UNION ALL
    SELECT workspace_id, 'session', day, session_id, '', '', '', ${sumsOf(COST_MEASURES)} FROM base
     WHERE session_id IS NOT NULL GROUP BY workspace_id, day, session_id`,
    measures: COST_MEASURES,
  }),
];

export const TRIGGERS = [
  `CREATE OR REPLACE TRIGGER sessions_statistics AFTER INSERT OR DELETE ON sessions
    FOR EACH ROW EXECUTE FUNCTION sessions_statistics()`,
  // By columns and not by WHEN, whose expression would be read anew in each statement; of the brief, since it makes the project type.
  `CREATE OR REPLACE TRIGGER sessions_statistics_change AFTER UPDATE OF brief, ${COUNTED.join(', ')} ON sessions
    FOR EACH ROW EXECUTE FUNCTION sessions_statistics()`,
  `CREATE OR REPLACE TRIGGER cost_of_session AFTER INSERT ON cost_statistics_deltas
    FOR EACH ROW WHEN (NEW.session_id IS NOT NULL) EXECUTE FUNCTION cost_of_session()`,
  // The last: from here on new sessions have a project type, and are counted.
  `CREATE OR REPLACE TRIGGER sessions_project_type BEFORE INSERT OR UPDATE OF brief ON sessions
    FOR EACH ROW EXECUTE FUNCTION sessions_project_type()`,
];

/** Counts the sessions that were there before, in the order of their keys; gives the last key it looked at. */
export const COUNT_BATCH = `
  WITH batch AS (
    SELECT workspace_id, id FROM sessions WHERE (workspace_id, id) > ($1::uuid, $2::uuid) ORDER BY workspace_id, id LIMIT $3),
  counted AS (
    UPDATE sessions s SET project_type = project_type_of(s.brief ->> 'projectType'),
                          (${FIGURE_NAMES}) = (SELECT * FROM session_figures(s.workspace_id, s.id, s.run))
      FROM batch WHERE s.workspace_id = batch.workspace_id AND s.id = batch.id AND s.project_type IS NULL)
  SELECT workspace_id, id FROM batch ORDER BY workspace_id DESC, id DESC LIMIT 1`;

const functionOf = (text: string): string => /FUNCTION (\w+)\(/.exec(text)?.[1] ?? '';

export const DOWN = [
  ...['sessions_project_type', 'sessions_statistics_change', 'sessions_statistics'].map(
    (trigger) => `DROP TRIGGER IF EXISTS ${trigger} ON sessions`,
  ),
  ...['cost_statistics_deltas', 'cost_statistics', 'session_statistics_deltas', 'session_statistics'].map(
    (table) => `DROP TABLE IF EXISTS ${table}`,
  ),
  ...[...FUNCTIONS].reverse().map((text) => `DROP FUNCTION IF EXISTS ${functionOf(text)}`),
  `ALTER TABLE sessions ${Object.keys(SESSION_COLUMNS)
    .map((name) => `DROP COLUMN IF EXISTS ${name}`)
    .join(', ')}`,
];
