import { QUERY_ERROR_TYPES, queryErrorTypeOf } from './query-error-type.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('why a statement failed', () => {
  it.each([
    ['57014', 'timeout'],
    ['25P03', 'timeout'],
    ['57P01', 'away'],
    ['08006', 'away'],
    ['ECONNRESET', 'away'],
    ['40P01', 'conflict'],
    ['55P03', 'conflict'],
    ['23505', 'constraint'],
    ['53100', 'full'],
    ['42501', 'refused'],
    ['22P02', 'other'],
  ])('%s is counted as %s', (code, type) => {
    expect(queryErrorTypeOf(withCode(code))).toBe(type);
    expect(QUERY_ERROR_TYPES).toContain(type);
  });

  it('without a code: the driver gave up, or the connection is gone', () => {
    expect(queryErrorTypeOf(new Error('Query read timeout'))).toBe('timeout');
    expect(queryErrorTypeOf(new Error('Connection terminated unexpectedly'))).toBe('away');
  });
});
