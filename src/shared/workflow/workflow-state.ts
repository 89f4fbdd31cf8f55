import type { WorkflowState } from './workflow-engine.js';

const STATES: Readonly<Record<string, WorkflowState>> = {
  ENQUEUED: 'queued',
  DELAYED: 'queued',
  PENDING: 'running',
  SUCCESS: 'done',
  ERROR: 'failed',
  MAX_RECOVERY_ATTEMPTS_EXCEEDED: 'failed',
  CANCELLED: 'cancelled',
};

/** The engine's status in our terms. */
export function workflowState(status: string): WorkflowState {
  return STATES[status] ?? 'unknown';
}

/** How a workflow ended, or undefined while it has not. */
export function describeEnd(status: string, error: unknown): { readonly error?: string } | undefined {
  switch (workflowState(status)) {
    case 'done':
      return {};
    case 'failed':
      return { error: error instanceof Error ? error.message : 'failed' };
    case 'cancelled':
      return { error: 'cancelled' };
    default:
      return undefined;
  }
}
