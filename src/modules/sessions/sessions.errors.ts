import { AppError, type InputMistake } from '../../shared/errors/app-error.js';
import { remedyOf, type Action } from './transitions.js';
import type { SessionStatus } from './sessions.types.js';

const WORDS: Readonly<Record<Action, string>> = {
  create: 'be created',
  start: 'be started',
  advance: 'go on',
  awaitPlan: 'wait for its plan',
  approvePlan: 'have its plan approved',
  awaitDecision: 'wait for decisions',
  decided: 'go on after its decisions',
  pause: 'be paused',
  resume: 'be resumed',
  restart: 'be restarted',
  complete: 'be completed',
  completeDegraded: 'be completed',
  fail: 'fail',
  cancel: 'be cancelled',
  rerun: 'be run again',
};

export function sessionUnknown(): AppError {
  return new AppError(
    'not-found',
    'session_unknown',
    'There is no session with this id; GET /v1/sessions lists yours.',
  );
}

export function gapUnknown(): AppError {
  return new AppError('not-found', 'gap_unknown', 'This session has no such gap; GET …/gaps lists them.');
}

export function documentUnknown(version?: number): AppError {
  return version === undefined
    ? new AppError(
        'not-found',
        'document_unknown',
        'This session has no document yet; GET …/events tells when it is written.',
      )
    : new AppError(
        'not-found',
        'document_unknown',
        `This session has no document version ${version}; GET …/document/versions lists them.`,
      );
}

export function wrongState(action: Action, status: SessionStatus): AppError {
  return new AppError(
    'conflict',
    'session_state',
    `A session that is ${status} cannot ${WORDS[action]}. ${remedyOf(status)}`,
  );
}

export function planNotOpen(status: SessionStatus): AppError {
  return new AppError(
    'conflict',
    'plan_not_open',
    `The plan can be changed only while the session is awaiting_plan; it is ${status}. ` +
      'Create a session with options.plan = "ask" to be asked.',
  );
}

export function decisionsNotOpen(status: SessionStatus): AppError {
  return new AppError(
    'conflict',
    'decisions_not_open',
    `Decisions can be taken only while the session is awaiting_decision; it is ${status}. ` +
      'Create a session with options.decisions = "ask" to be asked.',
  );
}

export function alreadyDecided(gapId: string): AppError {
  return new AppError(
    'conflict',
    'gap_decided',
    `Gap ${gapId} is decided already; POST …/rerun starts a new run in which it can be decided anew.`,
  );
}

export function deleteWhileActive(status: SessionStatus): AppError {
  return new AppError('conflict', 'session_active', `A session that is ${status} cannot be deleted: cancel it first.`);
}

export function briefUnreadable(): AppError {
  const message =
    'Say in sentences what is to be built and for whom, with amounts and deadlines where they are known, e.g. ' +
    '"Customers pay by card; 2,000 orders per minute at the peak".';
  return new AppError('invalid', 'brief_unreadable', 'No need can be read from this brief.', {
    errors: [{ pointer: '/brief/requirements', message }],
  });
}

export function planInvalid(errors: readonly InputMistake[]): AppError {
  return new AppError('invalid', 'plan_invalid', 'The plan was not changed; errors says why.', { errors });
}

export function optionUnknown(options: readonly string[]): AppError {
  const message = options.length > 0 ? `must be one of ${options.join(', ')}` : 'no option was found; use custom';
  return new AppError('invalid', 'option_unknown', 'This gap has no such option; use one of its options, or custom.', {
    errors: [{ pointer: '/optionId', message }],
  });
}
