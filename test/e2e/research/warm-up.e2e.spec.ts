import { CacheService } from '../../../src/shared/cache/cache.service.js';
import { WarmUp } from '../../../src/shared/cache/warm-up.js';
import { DEFAULT_WORKSPACE_ID } from '../../../src/modules/identity/identity.types.js';
import { testApp, type TestApp } from '../../support/app.js';

let service: TestApp;
beforeAll(async () => {
  service = await testApp();
});
afterAll(() => service.close());

it('the warm-up reads the criteria of every workspace that somebody can call', async () => {
  const cache = service.app.get(CacheService, { strict: false });
  const criteria = { region: 'criteria', owner: DEFAULT_WORKSPACE_ID, name: 'current' } as const;
  expect(await cache.exists(criteria)).toBe(false);
  const reports = await service.app.get(WarmUp, { strict: false }).run();
  expect(reports).toContainEqual({ name: 'criteria', tookMs: expect.any(Number) as number });
  expect(await cache.exists(criteria)).toBe(true);
});
