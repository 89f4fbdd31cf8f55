import { RequestLimits } from './request-limits.js';

describe('the place of a call among those of its key', () => {
  it('is given back once, however often the call is told to have ended', () => {
    const limits = new RequestLimits();
    const giver = { take: jest.fn(), leave: jest.fn() };
    limits.holds(giver, 'a');
    limits.ended();
    limits.ended();
    expect(giver.leave).toHaveBeenCalledTimes(1);
  });

  it('is given back at once where the client went away before it had one', () => {
    const limits = new RequestLimits();
    const giver = { take: jest.fn(), leave: jest.fn() };
    limits.ended();
    limits.holds(giver, 'a');
    expect(giver.leave).toHaveBeenCalledTimes(1);
  });
});
