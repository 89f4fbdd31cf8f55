import { setTimeout as sleep } from 'node:timers/promises';
import { testApp, type TestApp } from '../support/app.js';
import { SAMPLE, say } from './support/long-run.js';

const MINUTE = 60_000;
const FOR_MS = SAMPLE ? 20_000 : 2 * MINUTE;

describe('a client that obeys the headers', () => {
  let web: TestApp;
  beforeAll(async () => {
    web = await testApp({ rateLimit: { enabled: true } });
  }, 60_000);
  afterAll(() => web?.close());

  it(
    'is never refused, however eager it is',
    async () => {
      const end = Date.now() + FOR_MS;
      let [calls, waits] = [0, 0];
      while (Date.now() < end) {
        const answer = await web.get('/whoami');
        calls += 1;
        expect([calls, answer.statusCode]).toEqual([calls, 200]);
        const [, left, seconds] = /r=(\d+);t=(\d+)/.exec(String(answer.headers['ratelimit'])) ?? [];
        if (Number(left) > 0) continue;
        waits += 1;
        // Nobody waits longer than the suite lasts, and whoever waited for less may be refused.
        if (Date.now() + Number(seconds) * 1000 >= end) break;
        await sleep(Number(seconds) * 1000);
      }
      say(`  ${calls} calls and ${waits} waits in ${FOR_MS / 1000} s, none refused`);
      expect(calls).toBeGreaterThanOrEqual(100);
    },
    FOR_MS + 90_000,
  );
});
