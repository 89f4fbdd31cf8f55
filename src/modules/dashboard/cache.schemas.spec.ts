import { invalidationInput } from './cache.schemas.js';

const mistakesOf = (body: unknown) =>
  invalidationInput.safeParse(body).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('the body of an invalidation', () => {
  it.each([
    { region: 'research', key: 'tech_research:queue-jobs:3f2a' },
    { region: 'httpResponses', pattern: '/v1/criteria:*' },
    { region: 'httpResponses', pattern: '**criteria**' },
    { tags: ['package:bullmq', 'package:redis'] },
    { tags: ['package:bullmq'], public: true },
    { region: 'releases', pattern: '*', public: true },
    { region: 'httpResponses', pattern: '*', public: true },
    { region: 'research', key: 'mine', public: false },
  ])('takes %j', (body) => {
    expect(mistakesOf(body)).toEqual([]);
  });

  it.each([
    [{}, ': must hold one of { region, key }, { region, pattern } and { tags }'],
    [{ region: 'research' }, ': must hold one of { region, key }, { region, pattern } and { tags }'],
    [{ key: 'a' }, 'region: is missing: a key belongs to one region'],
    [{ pattern: '*' }, 'region: is missing: a pattern belongs to one region'],
    [{ region: 'research', key: 'a', pattern: '*' }, 'pattern: cannot be combined with key: send two calls'],
    [{ region: 'research', key: 'a', tags: ['b'] }, 'tags: cannot be combined with key: send two calls'],
    [{ region: 'research', tags: ['b'] }, 'region: tags reach all regions: leave it out'],
    [{ tags: [] }, 'tags: must have at least one tag'],
    [{ tags: [''] }, 'tags.0: must not be empty'],
    [{ tags: ['ü'.repeat(300)] }, 'tags.0: may have 512 bytes'],
    [{ tags: Array.from({ length: 101 }, () => 'x') }, 'tags: may have 100 tags'],
    [{ region: 'research', key: '' }, 'key: must not be empty'],
    [{ region: 'research', key: 'x'.repeat(1001) }, 'key: may have 1000 characters'],
    [{ region: 'research', pattern: '*a*a*' }, 'pattern: may have 2 wildcards'],
    [{ region: 'releases', pattern: '*' }, 'public: must be true: what releases holds is shared by all workspaces'],
    [
      { region: 'research', pattern: '*', public: true },
      'public: must be left out: research holds values of single workspaces',
    ],
  ])('refuses %j precisely', (body, mistake) => {
    expect(mistakesOf(body)).toContain(mistake);
  });

  it('names the regions there are when one is unknown', () => {
    const [mistake = ''] = mistakesOf({ region: 'sesions', pattern: '*' });
    expect(mistake).toMatch(/^region: is no region of the cache; there are research, .*httpResponses/);
    expect(mistakesOf({ region: 'constructor', pattern: '*' })).toHaveLength(1);
  });

  it('refuses what it does not know', () => {
    expect(mistakesOf({ tags: ['a'], owner: 'somebody' })).toHaveLength(1);
  });
});
