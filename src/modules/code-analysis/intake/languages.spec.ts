import { languages } from './languages.js';

describe('the language of a file', () => {
  it.each([
    ['src/a.ts', 'TypeScript'],
    ['src/a.d.mts', 'TypeScript'],
    ['web/App.tsx', 'TSX'],
    ['a/b.PY', 'Python'],
    ['include/a.h', 'C'],
    ['Api/A.cs', 'C#'],
    ['Dockerfile', 'Dockerfile'],
    ['docker/Dockerfile.prod', 'Other'],
    ['pom.xml', 'Maven POM'],
    ['build.gradle.kts', 'Gradle Kotlin DSL'],
    ['api.proto', 'Protocol Buffer'],
    ['README.md', 'Markdown'],
    ['views/index.html.erb', 'HTML+ERB'],
    ['.gitignore', 'Other'],
    ['no-extension', 'Other'],
    ['constructor', 'Other'],
    ['a.__proto__', 'Other'],
  ])('%s is %s', async (path, language) => expect((await languages()).of(path)).toBe(language));

  it('is counted by name, in order', async () => {
    const counts = (await languages()).count(['b.py', 'a.ts', 'c.ts', 'x']);
    expect(Object.entries(counts)).toEqual([
      ['Other', 1],
      ['Python', 1],
      ['TypeScript', 2],
    ]);
  });
});
