import type { News } from './invalidation-bus.js';
import { Journal } from './journal.js';

describe('invalidations that Redis did not hear of', () => {
  const news = (): News => ({ k: 'techspec:2:research:w1:name' });

  it('are noted once, however often they are made, until they were replayed', () => {
    const journal = new Journal();
    journal.add(news());
    journal.add(news());
    expect(journal.list()).toEqual([news()]);
    for (const each of journal.list()) journal.done(each);
    expect(journal.isEmpty).toBe(true);
  });

  it('stay when they are made again while they are replayed', () => {
    const journal = new Journal();
    journal.add(news());
    const [replayed] = journal.list();
    journal.add(news());
    journal.done(replayed as News);
    expect(journal.list()).toEqual([news()]);
  });
});
