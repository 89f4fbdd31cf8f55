import { DatabaseError, Pool } from 'pg';
import { AppError } from '../errors/app-error.js';
import { isDatabaseOutage, markLost } from './database-outage.js';
import { enginePool } from './engine-pool.js';

const withCode = (code: string, more: object = {}) => Object.assign(new Error('failed'), { code, ...more });

describe('an outage of the database', () => {
  it('is a connection that the driver could not make', async () => {
    const pool = new Pool({ host: '127.0.0.1', port: 1 });
    const error: unknown = await pool.query('SELECT 1').catch((thrown: unknown) => thrown);
    await pool.end();
    expect(isDatabaseOutage(error)).toBe(true);
  });

  it.each(['57P01', '57P03', '25P03', '08006', '53300'])('is the SQLSTATE %s, also within what wraps it', (code) => {
    expect(isDatabaseOutage(withCode(code))).toBe(true);
    expect(isDatabaseOutage(withCode('', { driverError: withCode(code) }))).toBe(true);
    expect(isDatabaseOutage(new AppError('unavailable', 'x', 'x', { cause: withCode(code) }))).toBe(true);
  });

  it.each(['23505', '57014', '42P01', '53100'])('is not the SQLSTATE %s: the statement itself failed', (code) => {
    expect(isDatabaseOutage(withCode('', { driverError: withCode(code) }))).toBe(false);
  });

  it('is not a refused connection of some other upstream, nor something that is no error', () => {
    const refused = withCode('ECONNREFUSED', { stack: 'Error: failed\n at fetch (node_modules/undici/index.js:1:1)' });
    expect(isDatabaseOutage(Object.assign(new TypeError('fetch failed'), { cause: refused }))).toBe(false);
    expect(isDatabaseOutage('57P01')).toBe(false);
  });

  it('is found out in a chain that ends in itself', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(isDatabaseOutage(loop)).toBe(false);
  });

  it('is what any error of a connection is marked as, but not what the server refused it with', () => {
    const written = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', stack: 'Error: write EPIPE' });
    expect(isDatabaseOutage(written)).toBe(false);
    expect(markLost(written)).toBe(written);
    expect(isDatabaseOutage(written)).toBe(true);
    const refused = Object.assign(new DatabaseError('password', 1, 'error'), { code: '28P01' });
    expect(isDatabaseOutage(markLost(refused))).toBe(false);
  });

  it('is said of a socket that is not there in words that the engine waits for', async () => {
    const pool = enginePool('postgresql:///x?host=/nowhere', 'api', () => undefined);
    const error: unknown = await pool.connect().catch((thrown: unknown) => thrown);
    await pool.end();
    expect(error).toMatchObject({ code: 'ENOENT', cause: { code: '08006' } });
  });
});
