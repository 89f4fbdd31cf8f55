import { AppError } from '../../shared/errors/app-error.js';
import { isTransient } from './node-errors.js';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

describe('a failed node', () => {
  it.each(['08006', '57P01', '53300', '40001', '40P01', 'ECONNREFUSED', 'ECONNRESET'])(
    'is tried again after %s',
    (code) => {
      expect(isTransient(withCode(code))).toBe(true);
      expect(isTransient(new Error('query failed', { cause: withCode(code) }))).toBe(true);
    },
  );

  it.each(['23505', '22P02', '42601', 'ENOSPC'])('is recorded after %s', (code) => {
    expect(isTransient(withCode(code))).toBe(false);
  });

  it('is recorded when the error is an answer, even of an upstream that is away', () => {
    const cause = withCode('ECONNREFUSED');
    expect(isTransient(new AppError('unavailable', 'registry_away', 'The registry is away.', { cause }))).toBe(false);
  });

  it('is recorded when something else than an error was thrown', () => {
    expect(isTransient('08006')).toBe(false);
  });
});
