import { AppError } from '../../shared/errors/app-error.js';

export const codeAnalysisErrors = {
  unknown: () =>
    new AppError(
      'not-found',
      'analysis_unknown',
      'There is no code analysis with this id; its address is in the answer to the call that sent the code.',
    ),
  notComplete: (status: string) =>
    new AppError(
      'conflict',
      'analysis_not_complete',
      status === 'queued' || status === 'running'
        ? `The analysis is ${status}: ask again in a moment, or GET /v1/code-analyses/{id} for how it stands.`
        : `The analysis has ${status === 'failed' ? 'failed' : 'been cancelled'}: send the code again.`,
    ),
  filesGone: () =>
    new AppError(
      'conflict',
      'analysis_files_gone',
      'The files were removed before they could be analysed (CODE_RETENTION_DAYS): send the code again.',
    ),
  busy: () =>
    new AppError('unavailable', 'intake_busy', 'Too many uploads are being read at once: try again in a moment.', {
      retryAfter: 2,
    }),
} as const;
