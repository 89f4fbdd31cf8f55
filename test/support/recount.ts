import type pg from 'pg';

/** A session with what hangs on it, as rows. */
interface Counted {
  readonly status: string;
  readonly model: string | null;
  readonly projectType: string;
  readonly createdAt: number;
  readonly durationMs: number | null;
  readonly quality: number | null;
  readonly figures: Figures;
}

interface Figures {
  readonly toResearch: number;
  readonly decided: number;
  readonly decidedByPeople: number;
  readonly answered: number;
  readonly cached: number;
  readonly failed: number;
  readonly options: number;
}

export interface RecountFilter {
  readonly status?: string;
  readonly model?: string | null;
  readonly projectType?: string;
  readonly from?: number;
  readonly to?: number;
}

export interface Recount {
  readonly total: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byModel: Readonly<Record<string, number>>;
  readonly byProjectType: Readonly<Record<string, number>>;
  /** Sorted. */
  readonly durations: readonly number[];
  readonly quality: readonly number[];
  readonly figures: Figures;
  /** `hour status` → sessions. */
  readonly byHour: Readonly<Record<string, number>>;
}

interface Row {
  readonly id: string;
  readonly run: number;
  readonly status: string;
  readonly model: string | null;
  readonly brief: { readonly projectType?: string };
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}
interface Child {
  readonly session_id: string;
  readonly run: number;
}

/** All of a workspace, read plainly and added up one by one: what the statistics have to be. In one transaction of one snapshot. */
export async function recountable(client: pg.Client, workspace: string): Promise<readonly Counted[]> {
  const rows = async <T extends object>(sql: string) => (await client.query<T>(sql, [workspace])).rows;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const sessions = await rows<Row>(
    'SELECT id, run, status, model, brief, created_at, started_at, finished_at FROM sessions WHERE workspace_id = $1',
  );
  const gaps = await rows<Child & { body: { research?: boolean }; error: object | null }>(
    'SELECT session_id, run, body, error FROM gaps WHERE workspace_id = $1',
  );
  const decisions = await rows<Child & { body: { by?: string } }>(
    'SELECT session_id, run, body FROM decisions WHERE workspace_id = $1',
  );
  const nodes = await rows<Child & { output: { cached: boolean; options: number } }>(
    `SELECT session_id, run, output FROM session_nodes WHERE workspace_id = $1 AND node = 'research' AND state = 'done'`,
  );
  const documents = await rows<Child & { version: number; quality: { total?: number | null } }>(
    'SELECT session_id, run, version, quality FROM documents WHERE workspace_id = $1 ORDER BY version',
  );
  await client.query('COMMIT');
  return sessions.map((session): Counted => {
    const of = <T extends Child>(list: readonly T[]) =>
      list.filter((one) => one.session_id === session.id && one.run === session.run);
    const { started_at: start, finished_at: end } = session;
    const newest = documents.filter((one) => one.session_id === session.id).at(-1);
    return {
      status: session.status,
      model: session.model,
      projectType: (session.brief.projectType ?? '').trim().replace(/\s+/g, ' ').toLowerCase(),
      createdAt: session.created_at.getTime(),
      durationMs: start && end ? end.getTime() - start.getTime() : null,
      quality: newest?.quality.total ?? null,
      figures: {
        toResearch: of(gaps).filter(({ body }) => body.research === true).length,
        decided: of(decisions).length,
        decidedByPeople: of(decisions).filter(({ body }) => body.by === 'person').length,
        answered: of(nodes).length,
        cached: of(nodes).filter(({ output }) => output.cached).length,
        failed: of(gaps).filter(({ error }) => error !== null).length,
        options: of(nodes).reduce((sum, { output }) => sum + output.options, 0),
      },
    };
  });
}

export function recount(all: readonly Counted[], filter: RecountFilter = {}): Recount {
  const { from = -Infinity, to = Infinity } = filter;
  const sessions = all.filter(
    ({ status, model, projectType, createdAt }) =>
      (filter.status === undefined || status === filter.status) &&
      (filter.model === undefined || model === filter.model) &&
      (filter.projectType === undefined || projectType === filter.projectType) &&
      createdAt >= from &&
      createdAt < to,
  );
  const present = (list: readonly (number | null)[]) => list.filter((one) => one !== null).sort((a, b) => a - b);
  const sum = (name: keyof Figures) => sessions.reduce((all, { figures }) => all + figures[name], 0);
  return {
    total: sessions.length,
    byStatus: tally(sessions.map(({ status }) => status)),
    byModel: tally(sessions.map(({ model }) => model ?? '')),
    byProjectType: tally(sessions.map(({ projectType }) => projectType)),
    durations: present(sessions.map(({ durationMs }) => durationMs)),
    quality: present(sessions.map(({ quality }) => quality)),
    figures: {
      toResearch: sum('toResearch'),
      decided: sum('decided'),
      decidedByPeople: sum('decidedByPeople'),
      answered: sum('answered'),
      cached: sum('cached'),
      failed: sum('failed'),
      options: sum('options'),
    },
    byHour: tally(
      sessions.map(({ createdAt, status }) => `${new Date(createdAt).toISOString().slice(0, 13)} ${status}`),
    ),
  };
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** Nearest rank of a sorted list. */
export const percentileOf = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN;
