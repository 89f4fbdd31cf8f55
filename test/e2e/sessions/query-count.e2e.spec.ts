import { queryCount } from '../../support/query-count.js';
import { HOME, rowsOf } from '../dashboard/dashboard-kit.js';
import { sessionsKit, type SessionBody, type SessionsKit } from './sessions-kit.js';

type Full = SessionBody & {
  readonly gaps: readonly { id: string; decision: object | null }[];
  readonly decisions: object[];
};

/** So that a session has exactly `count` decided gaps: all of them copies of its first. */
const GAPS = `WITH gone AS (DELETE FROM gaps WHERE workspace_id = $1 AND session_id = $2 AND id NOT LIKE 'G-1' RETURNING id),
   undecided AS (DELETE FROM decisions WHERE workspace_id = $1 AND session_id = $2 RETURNING gap_id)
 SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM undecided)`;
const COPIES = `INSERT INTO gaps (workspace_id, session_id, run, id, category, status, body, result, error)
 SELECT workspace_id, session_id, run, 'G-' || n, category, status, jsonb_set(body, '{id}', to_jsonb('G-' || n)), result, error
   FROM gaps, generate_series(2, $3::int) n WHERE workspace_id = $1 AND session_id = $2 AND id = 'G-1'`;
const DECISIONS = `INSERT INTO decisions (workspace_id, session_id, run, gap_id, body, decided_by)
 SELECT workspace_id, session_id, run, id, jsonb_build_object('gapId', id, 'category', category, 'custom', 'x', 'by', 'person'), 'test'
   FROM gaps WHERE workspace_id = $1 AND session_id = $2`;

describe('a session with its gaps, decisions and document', () => {
  let kit: SessionsKit;
  let id: string;

  beforeAll(async () => {
    kit = await sessionsKit({ cache: { enabled: false } });
    id = (await kit.run()).id;
  }, 60_000);
  afterAll(() => kit?.close());

  it.each([1, 10, 100])('takes 4 queries with %i gaps', async (count) => {
    await rowsOf(kit, GAPS, [HOME, id]);
    await rowsOf(kit, COPIES, [HOME, id, count]);
    await rowsOf(kit, DECISIONS, [HOME, id]);
    const asked = await queryCount(kit.app, async () => {
      const view = await kit.get(`/v1/sessions/${id}?include=gaps,decisions`);
      return { view: view.json<Full>(), document: await kit.get(`/v1/sessions/${id}/document`) };
    });
    const { view, document } = asked.result;
    expect([view.gaps.length, view.decisions.length, document.statusCode]).toEqual([count, count, 200]);
    expect(view.gaps.map((gap) => gap.id)).toEqual(Array.from({ length: count }, (_, n) => `G-${n + 1}`));
    expect(view.gaps.every(({ decision }) => decision !== null)).toBe(true);
    expect(view.document).not.toBeNull();
    expect(document.json<{ body: { evidence: unknown[] } }>().body.evidence.length).toBeGreaterThan(0);
    expect(asked.queries).toHaveLength(4);
  });

  it('and each of its lists takes no more', async () => {
    for (const [path, most] of [
      ['', 1],
      ['?include=decisions', 2],
      ['/gaps', 2],
      ['/gaps/G-1', 2],
      ['/decisions', 2],
      ['/document', 2],
      ['/document/versions', 2],
      ['/audit', 2],
    ] as const) {
      const { count, result } = await queryCount(kit.app, () => kit.get(`/v1/sessions/${id}${path}`));
      expect([path, result.statusCode, count]).toEqual([path, 200, most]);
    }
  });

  it('a page of sessions takes 2, however many there are on it', async () => {
    await rowsOf(
      kit,
      `INSERT INTO sessions (workspace_id, id, name, brief, options, status, priority)
       SELECT workspace_id, gen_random_uuid(), name, brief, options, 'cancelled', priority
         FROM sessions, generate_series(1, 60) WHERE workspace_id = $1 AND id = $2`,
      [HOME, id],
    );
    for (const perPage of [1, 50]) {
      const { count, result } = await queryCount(kit.app, () => kit.get(`/v1/sessions?perPage=${perPage}&page=1`));
      expect([result.json<{ items: unknown[] }>().items.length, count]).toEqual([perPage, 2]);
    }
  });
});
