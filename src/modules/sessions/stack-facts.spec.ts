import type { StackEntry } from '../code-analysis/code-analysis.types.js';
import type { Candidate, StackName } from '../research/research.types.js';
import { stackFacts } from './stack-facts.js';

const place = { file: 'package.json', line: 5, words: 'x' };
const entry = (name: string, kind: StackEntry['kind'], version?: string): StackEntry => ({
  name,
  kind,
  version,
  ...place,
});
const names: StackName[] = [
  { slug: 'postgresql', label: 'PostgreSQL', category: 'database-primary', names: ['postgresql', 'pg'] },
  { slug: 'typescript', label: 'TypeScript', category: 'runtime', names: ['typescript'] },
  { slug: 'nodejs', label: 'Node.js', category: 'runtime', names: ['nodejs'] },
];
const candidates = [
  { id: 'framework-web/fastify', category: 'framework-web', package: 'fastify' },
  { id: 'runtime/nodejs', category: 'runtime' },
] as unknown as Candidate[];

describe('facts of the code', () => {
  it('names what is installed by its package, with the version the manifest asks for', () => {
    expect(stackFacts([entry('fastify', 'dependency', '^5.12.8')], names, candidates)).toEqual([
      { slug: 'fastify', category: 'framework-web', version: '^5.12.8', ...place },
    ]);
  });

  it('takes a driver for its server, but not the version of the driver for that of the server', () => {
    expect(stackFacts([entry('pg', 'dependency', '8.23.1')], names, candidates)).toEqual([
      { slug: 'postgresql', category: 'database-primary', ...place },
    ]);
  });

  it('does not take a language for a second runtime', () => {
    const entries = [entry('typescript', 'language'), entry('typescript', 'dependency'), entry('nodejs', 'technology')];
    expect(stackFacts(entries, names, candidates).map((fact) => fact.slug)).toEqual(['nodejs']);
  });

  it('says nothing about what the catalogue has no name for, and says each thing once per file', () => {
    const entries = [
      entry('left-pad', 'dependency', '1'),
      entry('pg', 'dependency'),
      entry('postgresql', 'technology'),
    ];
    expect(stackFacts(entries, names, candidates).map((fact) => fact.slug)).toEqual(['postgresql']);
  });
});
