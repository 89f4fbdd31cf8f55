/** What a client posts and what a session is. */
import type { Category } from '../research/research.types.js';

export interface BriefConstraints {
  readonly licenses?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly budgetUsd?: number;
  readonly forbidden?: readonly string[];
  readonly pinned?: Readonly<Partial<Record<Category, string>>>;
}

export interface Brief {
  readonly name: string;
  readonly projectType: string;
  /** Free text; each entry is one or several sentences. */
  readonly requirements: readonly string[];
  /** What is in use or chosen: `{ language: 'TypeScript', database: 'PostgreSQL' }`. */
  readonly techStack: Readonly<Record<string, string>>;
  readonly constraints: BriefConstraints;
}

export type DecisionMode = 'auto' | 'ask';
export interface SessionOptions {
  readonly plan: DecisionMode;
  readonly decisions: DecisionMode;
  readonly maxOptionsPerGap: number;
  readonly analyst: 'heuristic' | 'llm';
  readonly model?: string;
  /** 1-10, 10 is the most urgent. */
  readonly priority: number;
}

/** A manifest or source file the brief came with (`--code DIR` or JSON `files`): only what the stack layer needs. */
export interface CodeFile {
  readonly path: string;
  readonly content: string;
}

export const SESSION_STATUSES = [
  'queued',
  'running',
  'awaiting_plan',
  'awaiting_decision',
  'paused',
  'completed',
  'completed_degraded',
  'failed',
  'cancelled',
] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export const NODES = [
  'ingest',
  'analyseCode',
  'identifyGaps',
  'research',
  'score',
  'writeDocument',
  'validate',
  'complete',
] as const;
export type NodeName = (typeof NODES)[number];

/** A session is a chain of three short workflows; each ends where somebody may have to be waited for. */
export const PHASES = ['plan', 'research', 'document'] as const;
export type Phase = (typeof PHASES)[number];

/** What a person changed in the plan; kept with the session so that a rerun applies it again. */
export interface PlanEdits {
  /** Names that are decided, by category. */
  readonly pin: Readonly<Partial<Record<Category, string>>>;
  /** Names or package names that must not be used. */
  readonly forbid: readonly string[];
  /** Categories that are not to be looked at. */
  readonly drop: readonly Category[];
  /** Categories that are to be researched though no rule opened them. */
  readonly add: readonly Category[];
}

export interface SessionState {
  readonly plan?: PlanEdits;
  /** Set when a person approved the plan: a rerun does not ask again. */
  readonly planApproved?: boolean;
  /** How often lost work of a run was started anew. */
  readonly restarts?: { readonly run: number; readonly count: number };
}

/** What the life cycle needs to know of a session; read under its row lock. */
export interface SessionHead {
  readonly id: string;
  readonly status: SessionStatus;
  readonly phase: Phase;
  readonly run: number;
  readonly attempt: number;
  readonly progress: number;
  /** 1-10, 10 is the most urgent. */
  readonly priority: number;
  readonly options: SessionOptions;
  readonly state: SessionState;
  readonly startedAt?: Date;
}

/** The whole row, as the rest of the feature sees it. */
export interface SessionRecord extends SessionHead {
  readonly brief: Brief;
  readonly files: readonly CodeFile[];
  readonly error?: { readonly code: string; readonly message: string };
  readonly eventSeq: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt?: Date;
}

/** The row without the code that came with the brief, which no view shows. */
export type ShownSession = Omit<SessionRecord, 'files'>;

/** Names of this work only: workflow inputs are stored by the engine, so they hold ids and nothing a person wrote. */
export interface PhaseInput {
  readonly workspaceId: string;
  readonly sessionId: string;
  readonly run: number;
  readonly attempt: number;
}

export interface SessionEvent {
  /** 1, 2, 3 … per session, without a hole. */
  readonly seq: number;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
}
