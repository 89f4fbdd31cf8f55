import { QueryFailedError } from 'typeorm';
import { databaseFailure } from './database-failure.js';

const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code });
const ofDriver = (code: string) => new QueryFailedError('SELECT 1', [], withCode(code));

describe('failures of the database', () => {
  it.each([
    [ofDriver('ECONNREFUSED'), 'database_unavailable'],
    [ofDriver('ECONNRESET'), 'database_unavailable'],
    [ofDriver('57P01'), 'database_unavailable'],
    [ofDriver('08006'), 'database_unavailable'],
    [ofDriver('53300'), 'database_unavailable'],
    [new Error('timeout exceeded when trying to connect'), 'database_unavailable'],
    [new Error('Connection terminated unexpectedly'), 'database_unavailable'],
    [ofDriver('57014'), 'database_timeout'],
    [ofDriver('53100'), 'disk_full'],
    [new Error('wrapped', { cause: withCode('57P03') }), 'database_unavailable'],
  ])('%s is %s', (error, code) => {
    expect(databaseFailure(error)?.code).toBe(code);
  });

  it.each([
    ['a unique key', ofDriver('23505')],
    ['a syntax error', ofDriver('42601')],
    ['another socket', withCode('ECONNRESET')],
    ['a missing file', withCode('ENOENT')],
    ['something else', new Error('no such thing')],
    ['no error', 'text'],
  ])('%s is not one', (_what, error) => {
    expect(databaseFailure(error)).toBeUndefined();
  });
});
