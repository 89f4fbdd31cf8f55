import type { Candidate } from '../research.types.js';
import { builtIn, listed, npm, quoted, recorded } from './candidate-builder.js';

export const TESTING: readonly Candidate[] = [
  npm('testing', 'vitest', 'Vitest', {
    // Vite, which it requires, compiles TypeScript as it stands.
    categoryNeed: recorded(1, '/peerDependencies/vite'),
    brings: ['tests are compiled by another tool than the product'],
  }),
  npm('testing', 'jest', 'Jest', {
    names: ['jest'],
    companions: ['@swc/core', '@swc/jest', '@types/jest'],
    brings: ['packages that ship ES modules alone must be listed for its compiler'],
  }),
  npm('testing', 'mocha', 'Mocha', {
    names: ['mocha', 'mochajs'],
    companions: ['@types/mocha', 'chai', 'tsx'],
    brings: ['assertions, doubles and coverage are chosen one by one'],
  }),
  builtIn('testing', 'node-test', 'node:test', ['nodejs'], {
    ecosystem: 'javascript',
    names: ['node:test', 'node test runner'],
    // The runtime strips types by default, which its own type declarations say of `process.features`.
    categoryNeed: quoted(1, 'process.d.ts', 'readonly typescript: "strip" | false;', '@types/node'),
    brings: ['no package; decorators and enums are not plain types and still need a compiler'],
  }),
  ...listed('testing', 'python', ['pytest', 'pytest'], ['hypothesis', 'Hypothesis', { names: ['python hypothesis'] }]),
  ...listed(
    'testing',
    'java',
    ['org.junit.jupiter:junit-jupiter', 'JUnit', { names: ['junit', 'junit 5', 'junit jupiter'] }],
    ['org.testng:testng', 'TestNG'],
  ),
  builtIn('testing', 'go-testing', 'testing of the standard library', [], { ecosystem: 'go', names: ['go test'] }),
  ...listed('testing', 'go', ['github.com/stretchr/testify', 'Testify']),
];
