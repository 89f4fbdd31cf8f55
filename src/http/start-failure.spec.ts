import { AppError } from '../shared/errors/app-error.js';
import { StartupError } from '../shared/errors/startup-error.js';
import { explainStartFailure, listenFailure } from './start-failure.js';

const system = (code: string, path?: string) => Object.assign(new Error(`${code}: syscall`), { code, path });

describe('why the program did not start', () => {
  it.each([
    ['EADDRINUSE', 'Port 3000 is taken: stop the program that holds it, or set PORT to a free port.'],
    ['EACCES', 'Port 3000 may not be opened by this user: set PORT to 1024 or higher.'],
    ['EADDRNOTAVAIL', 'HOST=10.9.9.9 is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all.'],
  ])('%s: %s', (code, line) => {
    expect(explainStartFailure(listenFailure(system(code), '10.9.9.9', 3000, 'PORT'))).toBe(line);
  });

  it('what was written for people is shown as it is', () => {
    expect(explainStartFailure(new StartupError('Do this.'))).toBe('Do this.');
    expect(explainStartFailure(new AppError('unavailable', 'x', 'Do that.'))).toBe('Do that.');
  });

  it('a full disk and a folder without rights say what to do', () => {
    expect(explainStartFailure(system('ENOSPC'))).toBe('The disk is full: free space and start again.');
    expect(explainStartFailure(system('EACCES', '/data/x'))).toContain("/data/x can't be written");
  });

  it('a database that fails in the middle of the start says what to do', () => {
    expect(explainStartFailure(system('53100'))).toBe('The disk is full: free space and start again.');
    expect(explainStartFailure(new Error('Connection terminated unexpectedly'))).toBe(
      'The database went away during the start: see that it runs, then start again.',
    );
  });

  it('the unexpected is one line without a stack', () => {
    const line = explainStartFailure(new TypeError('x is not a function\n    at secret.js:1'));
    expect(line).toMatch(/^Could not start: x is not a function/);
    expect(line.split('\n')).toHaveLength(1);
    expect(explainStartFailure('text')).toBe('Could not start: text');
  });
});
