import { NODES, SESSION_STATUSES } from '../../../src/modules/sessions/sessions.types.js';
import { ENDPOINT_TYPES } from '../../../src/modules/code-analysis/code-analyses.types.js';
import { LANGUAGES } from '../../../src/modules/code-analysis/intake/language-data.js';
import { AppError } from '../../../src/shared/errors/app-error.js';
import {
  ENDPOINT_TYPE_LABELS,
  errorTypeOf,
  FILE_TYPE_LABELS,
  NODE_LABELS,
  SESSION_STATUS_LABELS,
} from '../../../src/shared/metrics/labels.js';

describe('closed label sets', () => {
  it('are those of the feature they speak of', () => {
    expect(SESSION_STATUS_LABELS).toEqual(SESSION_STATUSES);
    expect(NODE_LABELS).toEqual(NODES);
    expect(ENDPOINT_TYPE_LABELS).toEqual(ENDPOINT_TYPES);
    expect(FILE_TYPE_LABELS).toEqual([...LANGUAGES.map(({ name }) => name).sort(), 'Other']);
  });

  it('an error becomes its kind, and what has no counted kind becomes unknown', () => {
    expect(errorTypeOf(new AppError('unavailable', 'x', 'y'))).toBe('unavailable');
    expect(errorTypeOf(new AppError('not-found', 'x', 'y'))).toBe('unknown');
    expect(errorTypeOf(new Error('session 0190'))).toBe('unknown');
    expect(errorTypeOf(undefined)).toBe('unknown');
  });
});
