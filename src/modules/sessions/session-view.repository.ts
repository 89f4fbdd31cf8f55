import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { defineQuery } from '../../shared/database/named-queries.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { DocumentVersion } from './documents.repository.js';
import { newestSession } from './newest-session.repository.js';
import type { NodeRow } from './session-nodes.repository.js';
import { SHOWN_COLUMNS, type ShownRow, shownOf } from './sessions.repository.js';
import type { NodeName, ShownSession } from './sessions.types.js';

/** A session with what its current run did. */
export interface WholeSession {
  readonly session: ShownSession;
  /** In the order they began. */
  readonly nodes: readonly NodeRow[];
  /** Of the nodes that were asked for and are done, gaps apart. */
  readonly outputs: ReadonlyMap<NodeName, unknown>;
  /** The newest version. */
  readonly document?: DocumentVersion;
}

/** As JSON has it: times are texts, and nothing is absent. */
interface JsonNode {
  readonly node: NodeName;
  readonly gapId: string;
  readonly state: NodeRow['state'];
  readonly attempts: number;
  readonly error: { code: string; message: string } | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly cached: boolean | null;
  readonly output: unknown;
}

interface WholeRow extends ShownRow {
  readonly nodes: readonly JsonNode[] | null;
  readonly document: (Omit<DocumentVersion, 'createdAt'> & { readonly createdAt: string }) | null;
}

/** One row, however many nodes: what hangs on a session is folded into it instead of repeating it. */
const WHOLE_SESSION = `SELECT ${SHOWN_COLUMNS},
    (SELECT json_agg(json_build_object(
              'node', n.node, 'gapId', n.gap_id, 'state', n.state, 'attempts', n.attempts, 'error', n.error,
              'startedAt', n.started_at, 'finishedAt', n.finished_at, 'durationMs', n.duration_ms,
              'cached', CASE n.node WHEN 'research' THEN (n.output ->> 'cached')::boolean END,
              'output', CASE WHEN n.node = ANY($3) AND n.gap_id = '' AND n.state = 'done' THEN n.output END)
            ORDER BY n.started_at, n.node, n.gap_id)
       FROM session_nodes n
      WHERE n.workspace_id = s.workspace_id AND n.session_id = s.id AND n.run = s.run) AS nodes,
    (SELECT json_build_object('version', d.version, 'run', d.run, 'sha256', d.sha256,
                              'qualityTotal', (d.quality ->> 'total')::float8, 'createdAt', d.created_at)
       FROM documents d
      WHERE d.workspace_id = s.workspace_id AND d.session_id = s.id ORDER BY d.version DESC LIMIT 1) AS document
   FROM sessions s WHERE s.workspace_id = $1 AND s.id = $2`;

defineQuery({
  name: 'sessions.whole',
  about: 'The newest session with its nodes and the newest version of its document',
  statement: async (scope, ask) => ({
    text: WHOLE_SESSION,
    parameters: [scope.workspaceId, (await newestSession(scope, ask)).id, ['identifyGaps', 'score', 'complete']],
  }),
});

/** Everything that a view of one session shows beside gaps and decisions, in one query. */
@Injectable()
export class SessionViewRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @param outputsOf nodes whose output is wanted; that of `score` is large */
  async find(scope: WorkspaceScope, id: string, outputsOf: readonly NodeName[]): Promise<WholeSession | undefined> {
    const rows: WholeRow[] = await this.dataSource.query(WHOLE_SESSION, [scope.workspaceId, id, outputsOf]);
    const row = rows[0];
    if (!row) return undefined;
    const nodes = row.nodes ?? [];
    const { document } = row;
    return {
      session: shownOf(row),
      nodes: nodes.map(nodeOf),
      outputs: new Map(nodes.flatMap(({ node, output }) => (output === null ? [] : [[node, output] as const]))),
      ...(document && { document: { ...document, createdAt: new Date(document.createdAt) } }),
    };
  }
}

function nodeOf({ node, gapId, state, attempts, error, cached, ...times }: JsonNode): NodeRow {
  return {
    node,
    gapId,
    state,
    attempts,
    error: error ?? undefined,
    startedAt: new Date(times.startedAt),
    finishedAt: times.finishedAt === null ? undefined : new Date(times.finishedAt),
    durationMs: times.durationMs ?? undefined,
    cached: cached ?? undefined,
  };
}
