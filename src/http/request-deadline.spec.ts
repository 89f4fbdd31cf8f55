import { lastValueFrom, of } from 'rxjs';
import { Clock } from '../shared/clock/clock.js';
import { Deadlines } from '../shared/deadline/deadline.js';
import { AppError } from '../shared/errors/app-error.js';
import { untilOver } from './request-deadline.js';

describe('an answer that is waited for until its deadline', () => {
  const gone = new AppError('unavailable', 'client_gone', 'gone');

  it('is given while there is time', async () => {
    const deadline = new Deadlines(60_000, new Clock()).begin();
    expect(await lastValueFrom(untilOver(deadline, () => of('answer')))).toBe('answer');
  });

  it('is not begun when it is over: its failure would have nobody to be told, and end the process', async () => {
    const deadline = new Deadlines(60_000, new Clock()).begin();
    deadline.end(() => gone);
    const begin = jest.fn(() => of('answer'));
    await expect(lastValueFrom(untilOver(deadline, begin))).rejects.toBe(gone);
    expect(begin).not.toHaveBeenCalled();
  });
});
