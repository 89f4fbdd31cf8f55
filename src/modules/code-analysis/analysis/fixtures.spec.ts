import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, foundIn, scoreOf } from './scores.fixture.js';
import { renamed, renamedPath } from './renaming.fixture.js';

const ROOT = 'test/fixtures/code';

const cases = readdirSync(ROOT).flatMap((framework) =>
  readdirSync(join(ROOT, framework)).flatMap((name) => {
    const folder = join(ROOT, framework, name);
    const expected = join(folder, 'expected.json');
    return existsSync(expected)
      ? [{ name: `${framework}/${name}`, folder, expected: JSON.parse(readFileSync(expected, 'utf8')) as string[] }]
      : [];
  }),
);

describe('endpoints of projects written for each framework', () => {
  it.each(cases)('$name: all, and no other', async ({ folder, expected }) => {
    const { missing, surplus } = scoreOf(await foundIn(filesOf(folder)), expected);
    expect({ missing, surplus }).toEqual({ missing: [], surplus: [] });
  });

  it.each(cases)('$name: the same when every name and path segment is another', async ({ folder, expected }) => {
    const found = await foundIn(renamed(filesOf(folder)));
    const wanted = expected.map((one) => renamedPath(one));
    const { missing, surplus } = scoreOf(found, wanted);
    expect({ missing, surplus }).toEqual({ missing: [], surplus: [] });
  });
});
