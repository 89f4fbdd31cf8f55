/** How sessions, gaps and decisions look to clients. Pure. */
import type { Comparison } from '../research/comparison.types.js';
import type { ResearchedOption } from '../research/research.types.js';
import type { DegradedReason } from './node-outputs.js';
import type { DocumentVersion } from './documents.repository.js';
import type { DecisionRecord, GapRecord } from './gaps.repository.js';
import type { NodeRow } from './session-nodes.repository.js';
import { NODES, type NodeName, type ShownSession } from './sessions.types.js';

export interface NodeView {
  readonly name: NodeName;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly durationMs: number | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Most tries any part of it needed. */
  readonly attempts: number;
  /** For research: gaps that are through, and of how many. */
  readonly gaps?: { readonly done: number; readonly failed: number; readonly total: number };
}

export interface SessionParts {
  readonly session: ShownSession;
  readonly nodes: readonly NodeRow[];
  readonly gapsToResearch: number;
  readonly degraded: readonly DegradedReason[];
  readonly document?: DocumentVersion;
  readonly now: Date;
}

export type SessionView = ReturnType<typeof sessionView>;

export function sessionView({ session, nodes, gapsToResearch, degraded, document, now }: SessionParts) {
  const cached = nodes.filter((row) => row.cached === true).length;
  return {
    id: session.id,
    name: session.brief.name,
    status: session.status,
    phase: session.phase,
    run: session.run,
    progress: session.progress,
    priority: session.priority,
    brief: session.brief,
    options: session.options,
    nodes: NODES.map((name) => nodeView(name, nodes, gapsToResearch)),
    // No paid provider is called by this installation: the sums are those of an empty ledger.
    cost: { amount: '0.0000', currency: 'USD' },
    cacheSavings: { gapsFromCache: cached, cost: { amount: '0.0000', currency: 'USD' } },
    degraded,
    error: session.error ?? null,
    document: document
      ? { version: document.version, sha256: document.sha256, quality: document.qualityTotal, run: document.run }
      : null,
    createdAt: session.createdAt.toISOString(),
    updatedAt: session.updatedAt.toISOString(),
    startedAt: session.startedAt?.toISOString() ?? null,
    finishedAt: session.finishedAt?.toISOString() ?? null,
    durationMs: session.startedAt ? (session.finishedAt ?? now).getTime() - session.startedAt.getTime() : null,
  };
}

function nodeView(name: NodeName, all: readonly NodeRow[], gapsToResearch: number): NodeView {
  const rows = all.filter((row) => row.node === name);
  return name === 'research' ? researchView(rows, gapsToResearch) : singleView(name, rows[0]);
}

function singleView(name: NodeName, row: NodeRow | undefined): NodeView {
  return {
    name,
    state: row?.state ?? 'waiting',
    durationMs: row?.durationMs ?? null,
    startedAt: isoOrNull(row?.startedAt),
    finishedAt: isoOrNull(row?.finishedAt),
    attempts: row?.attempts ?? 0,
  };
}

/** Gaps run side by side, so the node takes from the first start to the last end. */
function researchView(rows: readonly NodeRow[], total: number): NodeView {
  const state = researchState(rows, total);
  const from = earliest(rows.map((row) => row.startedAt));
  const to = state === 'running' ? undefined : latest(rows.flatMap((row) => row.finishedAt ?? []));
  return {
    name: 'research',
    state,
    durationMs: from && to ? to.getTime() - from.getTime() : null,
    startedAt: isoOrNull(from),
    finishedAt: isoOrNull(to),
    attempts: Math.max(0, ...rows.map((row) => row.attempts)),
    gaps: {
      done: rows.filter((row) => row.state === 'done').length,
      failed: rows.filter((row) => row.state === 'failed').length,
      total,
    },
  };
}

const isoOrNull = (time: Date | undefined): string | null => time?.toISOString() ?? null;
const earliest = (times: readonly Date[]) => [...times].sort((a, b) => a.getTime() - b.getTime())[0];
const latest = (times: readonly Date[]) => [...times].sort((a, b) => b.getTime() - a.getTime())[0];

function researchState(rows: readonly NodeRow[], total: number): NodeView['state'] {
  if (rows.length === 0) return 'waiting';
  if (rows.some((row) => row.state === 'running') || rows.length < total) return 'running';
  return rows.every((row) => row.state === 'failed') ? 'failed' : 'done';
}

export function gapView(record: GapRecord, comparison: Comparison | undefined, decision: DecisionRecord | undefined) {
  const { gap, result, error } = record;
  return {
    ...gap,
    error: error ?? null,
    options: (result?.options ?? []).map((option) => optionView(option, comparison)),
    evidenceHashes: result?.evidence ?? [],
    ...verdictOf(comparison),
    decision: decision ? decisionView(decision) : null,
  };
}

function verdictOf(comparison: Comparison | undefined) {
  if (!comparison) return { verdict: null, leader: null, wouldChange: [] };
  return { verdict: comparison.verdict, leader: comparison.leader ?? null, wouldChange: comparison.wouldChange };
}

function optionView(option: ResearchedOption, comparison: Comparison | undefined) {
  const { candidate, record, unknownBecause, constraints, values } = option;
  return {
    id: candidate.id,
    label: candidate.label,
    package: candidate.package ?? null,
    version: record?.version ?? null,
    unknownBecause: unknownBecause ?? null,
    constraints,
    values,
    score: comparison?.options.find((scored) => scored.id === candidate.id) ?? null,
  };
}

export type GapView = ReturnType<typeof gapView>;

export function decisionView({ decidedAt, ...decision }: DecisionRecord) {
  return { ...decision, decidedAt: decidedAt.toISOString() };
}
export type DecisionView = ReturnType<typeof decisionView>;
