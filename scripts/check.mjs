import { runSteps } from './run-steps.mjs';

runSteps([
  { name: 'format', command: ['npx', 'prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: ['npx', 'eslint', '.'] },
  { name: 'types', command: ['npx', 'tsc', '--noEmit'] },
  { name: 'walls', command: ['npx', 'depcruise', '--config', '.dependency-cruiser.mjs', 'src', 'migrations'] },
  { name: 'unit tests', command: ['npx', 'jest', '--selectProjects', 'unit'] },
]);
