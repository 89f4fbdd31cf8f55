import fc from 'fast-check';
import { Semaphore } from './semaphore.js';

describe('a limit', () => {
  it('is never passed, loses no place, and serves in the order of asking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(3), { maxLength: 30 }), async (size, ticks) => {
        const semaphore = new Semaphore(size);
        const order: number[] = [];
        let now = 0;
        let most = 0;
        await Promise.all(
          ticks.map(async (count, index) => {
            await semaphore.acquire();
            order.push(index);
            most = Math.max(most, ++now);
            for (let tick = 0; tick <= count; tick++) await Promise.resolve();
            now -= 1;
            semaphore.release();
          }),
        );
        expect(most).toBe(Math.min(size, ticks.length));
        expect(order).toEqual(ticks.map((_, index) => index));
      }),
    );
  });

  it('refuses a size that would let nothing through', () => {
    expect(() => new Semaphore(0)).toThrow(RangeError);
  });
});
