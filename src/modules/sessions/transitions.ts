import type { Phase, SessionStatus } from './sessions.types.js';

/**
 * The life of a session. This table is the only place that says which status may follow which; `SessionLifecycle`
 * is the only code that changes a status, and it asks here.
 *
 *     create ─▶ queued ─start▶ running ─advance▶ running (next phase) … ─complete▶ completed | completed_degraded
 *                 ▲              │ awaitPlan ▶ awaiting_plan ─approvePlan▶ queued
 *                 │              │ awaitDecision ▶ awaiting_decision ─decided▶ queued
 *                 │              │ pause ▶ paused ─resume▶ queued
 *                 └── rerun ─────┴ fail ▶ failed, cancel ▶ cancelled
 *
 * `restart` is for work whose workflow is gone (a deploy, a lost engine row): the same phase with the next attempt, which
 * fences whatever of the old attempt still runs somewhere.
 */
export const ACTIONS = [
  'create',
  'start',
  'advance',
  'awaitPlan',
  'approvePlan',
  'awaitDecision',
  'decided',
  'pause',
  'resume',
  'restart',
  'complete',
  'completeDegraded',
  'fail',
  'cancel',
  'rerun',
] as const;
export type Action = (typeof ACTIONS)[number];

export interface TransitionRule {
  /** What happened, as events (`session.paused`) and the audit log name it. */
  readonly past: string;
  /** Statuses it may start from; empty: the session does not exist yet. */
  readonly from: readonly SessionStatus[];
  readonly to: SessionStatus;
  /** Does it start the workflow of the phase, in the same transaction? */
  readonly starts: boolean;
  /** The phase it enters; absent: it stays. `next` is given by the caller. */
  readonly phase?: Phase | 'next';
  /** `attempt`: same run, the old attempt is fenced. `run`: a new run from its first phase. */
  readonly renews?: 'attempt' | 'run';
}

const TERMINAL = ['completed', 'completed_degraded', 'failed', 'cancelled'] as const;
const ALIVE = ['queued', 'running', 'awaiting_plan', 'awaiting_decision', 'paused'] as const;

export const TRANSITIONS: Readonly<Record<Action, TransitionRule>> = {
  create: { past: 'created', from: [], to: 'queued', starts: true, phase: 'plan' },
  start: { past: 'started', from: ['queued'], to: 'running', starts: false },
  advance: { past: 'advanced', from: ['running'], to: 'running', starts: true, phase: 'next' },
  awaitPlan: { past: 'plan_awaited', from: ['running'], to: 'awaiting_plan', starts: false },
  approvePlan: { past: 'plan_approved', from: ['awaiting_plan'], to: 'queued', starts: true, phase: 'research' },
  awaitDecision: { past: 'decision_awaited', from: ['running'], to: 'awaiting_decision', starts: false },
  decided: { past: 'decisions_taken', from: ['awaiting_decision'], to: 'queued', starts: true, phase: 'document' },
  pause: { past: 'paused', from: ['queued', 'running'], to: 'paused', starts: false },
  resume: { past: 'resumed', from: ['paused'], to: 'queued', starts: true, renews: 'attempt' },
  restart: { past: 'restarted', from: ['queued', 'running'], to: 'queued', starts: true, renews: 'attempt' },
  complete: { past: 'completed', from: ['running'], to: 'completed', starts: false },
  completeDegraded: { past: 'completed_degraded', from: ['running'], to: 'completed_degraded', starts: false },
  fail: { past: 'failed', from: ['queued', 'running'], to: 'failed', starts: false },
  cancel: { past: 'cancelled', from: ALIVE, to: 'cancelled', starts: false },
  rerun: { past: 'rerun', from: TERMINAL, to: 'queued', starts: true, phase: 'plan', renews: 'run' },
};

export function isTerminal(status: SessionStatus): boolean {
  return (TERMINAL as readonly SessionStatus[]).includes(status);
}

export function allows(action: Action, from: SessionStatus): boolean {
  return TRANSITIONS[action].from.includes(from);
}

/** What the caller can do in this status; part of every refusal. */
export function remedyOf(status: SessionStatus): string {
  switch (status) {
    case 'queued':
    case 'running':
      return 'It is under way: wait, pause or cancel it.';
    case 'awaiting_plan':
      return 'It waits for its plan: change it with PATCH …/plan and approve it with POST …/resume, or cancel it.';
    case 'awaiting_decision':
      return 'It waits for decisions: take them with POST …/decisions, or cancel it.';
    case 'paused':
      return 'It is paused: POST …/resume continues it.';
    case 'completed':
    case 'completed_degraded':
    case 'failed':
    case 'cancelled':
      return 'It is over: POST …/rerun starts a new run of it.';
    default:
      return unreachable(status);
  }
}

function unreachable(status: never): never {
  throw new Error(`no remedy for status ${String(status)}`);
}
