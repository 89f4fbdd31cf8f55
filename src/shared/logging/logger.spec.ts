import { createLogger, LineWriter } from './logger.js';
import { runInRequest } from './request-context.js';

type Level = Parameters<typeof createLogger>[0]['level'];

function logged(level: Level, components: Record<string, Level>, work: (log: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  work(createLogger({ level, components }, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the logger', () => {
  it('opens one component further than the rest, by the start of its name, longest first', () => {
    const lines = logged('warn', { sessions: 'debug', sessionsrepository: 'error' }, (log) => {
      log.debug({ context: 'SessionsService' }, 'shown');
      log.warn({ context: 'SessionsRepository' }, 'hidden');
      log.info({ context: 'ResearchService' }, 'hidden');
      log.info('hidden');
      log.error('shown');
    });
    expect(lines.map(({ msg }) => msg)).toEqual(['shown', 'shown']);
  });

  it('closes one component further than the rest', () => {
    const lines = logged('info', { http: 'silent' }, (log) => {
      log.fatal({ context: 'http' }, 'hidden');
      log.info({ context: 'Identity' }, 'shown');
    });
    expect(lines.map(({ msg }) => msg)).toEqual(['shown']);
  });

  it('writes the lines of one component in its own form, with the levels it has', () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    const write = (level: Level, components: Record<string, Level>) =>
      logged(level, components, (log) => {
        const writer = new LineWriter(log, 'info', 'http');
        writer.write(at.getTime(), '"context":"http","route":"/a"', 'request');
        writer.flush();
      });
    const line = { level: 'info', time: at.toISOString(), context: 'http', route: '/a', msg: 'request' };
    expect([write('info', {}), write('silent', { http: 'info' })]).toEqual([[line], [line]]);
    expect([write('warn', {}), write('info', { http: 'silent' })]).toEqual([[], []]);
  });

  it('writes the lines of one turn together, and none of them twice', async () => {
    const written: string[] = [];
    const log = createLogger({ level: 'info', components: {} }, { write: (text) => void written.push(text) });
    const writer = new LineWriter(log, 'info', 'http');
    for (const status of [200, 404]) writer.write(0, `"status":${status}`, 'request');
    expect(written).toEqual([]);
    await new Promise(setImmediate);
    writer.flush();
    expect(written).toHaveLength(1);
    const lines = written.join('').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { status: number }).status)).toEqual([200, 404]);
  });

  it('tells the time of each line as toISOString does, at the edges of a second too', () => {
    const written: string[] = [];
    const log = createLogger({ level: 'info', components: {} }, { write: (text) => void written.push(text) });
    const writer = new LineWriter(log, 'info', 'http');
    const moments = [1_767_323_045_999, 1_767_323_046_000, 1_767_323_046_007.25, 1_767_323_045_060, 0];
    for (const atMs of moments) writer.write(atMs, '"a":1', 'request');
    writer.flush();
    const lines = written.join('').trimEnd().split('\n');
    const times = lines.map((line) => (JSON.parse(line) as { time: string }).time);
    expect(times).toEqual(moments.map((atMs) => new Date(atMs).toISOString()));
  });

  it('silent is silent', () => {
    expect(logged('silent', {}, (log) => log.fatal('hidden'))).toEqual([]);
  });

  it('names the request a line was written for, and none outside of one', () => {
    const lines = logged('info', {}, (log) => {
      runInRequest({ requestId: 'r1' }, () => log.info({ gap: 'cache' }, 'inside'));
      log.info('outside');
    });
    expect(lines[0]).toMatchObject({ level: 'info', requestId: 'r1', gap: 'cache', msg: 'inside' });
    expect(lines[1]).not.toHaveProperty('requestId');
  });

  it('a secret logged by mistake is not written', () => {
    const headers = { authorization: 'Bearer canary', 'x-api-key': 'canary', cookie: 'canary' };
    const lines = logged('info', {}, (log) => {
      log.info({ headers, apiKey: 'canary' });
      log.info({ request: { headers }, config: { token: 'canary', password: 'canary' } });
    });
    expect(JSON.stringify(lines)).not.toContain('canary');
    expect(lines).toHaveLength(2);
  });

  it('of a value that the database quotes it writes the code alone', () => {
    const quoted = Object.assign(new Error('invalid input syntax for type uuid: "canary"'), { code: '22P02' });
    const [line] = logged('info', {}, (log) => log.error({ err: new Error('refused', { cause: quoted }) }, 'failed'));
    expect(JSON.stringify(line)).not.toContain('canary');
    expect((line?.['err'] as { message: string }).message).toBe("refused: the database can't take a value (22P02)");
  });

  it('of an error it writes kind, message, stack, code and causes, and nothing that a driver hangs on it', () => {
    class QueryFailedError extends Error {}
    const driver = Object.assign(new Error('disk full'), { code: '53100', detail: 'Failing row contains (canary).' });
    const failed = Object.assign(new QueryFailedError('disk full', { cause: new Error('below') }), {
      code: '53100',
      query: 'INSERT INTO briefs VALUES ($1)',
      parameters: ['canary'],
      driverError: driver,
    });
    const [line] = logged('info', {}, (log) => log.child({}, { serializers: {} }).warn({ err: failed }, 'refused'));
    expect(line).toMatchObject({ msg: 'refused', err: { type: 'QueryFailedError', code: '53100' } });
    expect((line?.['err'] as { message: string }).message).toBe('disk full: below');
    expect((line?.['err'] as { stack: string }).stack).toMatch(/disk full\n +at /);
    expect(JSON.stringify(line)).not.toMatch(/canary|INSERT/);
  });
});
