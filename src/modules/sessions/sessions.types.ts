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
