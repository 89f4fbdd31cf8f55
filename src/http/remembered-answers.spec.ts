import type { CanActivate } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CacheService } from '../shared/cache/cache.service.js';
import type { HeldAnswerSender } from './held-answer-sender.js';
import type { ProblemFilter } from './problem.filter.js';
import { RememberedAnswers } from './remembered-answers.js';
import type { ResponseCacheRoutes } from './response-cache-routes.js';

describe('a remembered answer', () => {
  const request = { method: 'GET', headers: {} } as FastifyRequest;
  const route = { plan: {}, places: { known: () => ({ key: {}, endpoint: '/a' }) } };
  const routes = { serving: () => route, deafness: () => undefined } as unknown as ResponseCacheRoutes;
  const cache = { held: () => ({ value: {} }) } as unknown as CacheService;

  /** What came of it with guards that say so. */
  async function ask(...said: unknown[]): Promise<{ sent: boolean; refused: unknown; wentOn: boolean }> {
    const [send, refuse, goOn] = [jest.fn(), jest.fn(), jest.fn()];
    const guards = said.map((answer) => ({ canActivate: () => answer }) as CanActivate);
    const answers = new RememberedAnswers(
      guards,
      routes,
      cache,
      { send } as unknown as HeldAnswerSender,
      { catch: refuse } as unknown as ProblemFilter,
    );
    answers.take(request, {} as FastifyReply, goOn);
    await new Promise(setImmediate);
    const [refused] = (refuse.mock.calls[0] ?? []) as unknown[];
    return { sent: send.mock.calls.length > 0, refused, wentOn: goOn.mock.calls.length > 0 };
  }

  it('is given when every guard says yes, at once or later', async () => {
    for (const said of [
      [true, true],
      [Promise.resolve(true), true],
      [true, Promise.resolve(true)],
    ])
      expect(await ask(...said)).toEqual({ sent: true, refused: undefined, wentOn: false });
  });

  it('is refused when a guard says anything else, at once or later, and reaches nobody', async () => {
    const refused = new Error('no');
    const no = [false, undefined, Promise.resolve(false), { subscribe: () => undefined }];
    for (const said of no.flatMap((one) => [
      [one, true],
      [true, one],
    ]))
      expect(await ask(...said)).toMatchObject({ sent: false, refused: { status: 403 }, wentOn: false });
    expect(await ask(true, Promise.reject(refused))).toEqual({ sent: false, refused, wentOn: false });
  });
});
