import { SLOW } from './slow-suites.mjs';
import { runSteps } from './run-steps.mjs';

/** What takes longer than five minutes in all: kill sweeps and long property runs. `--sample` is CI's short, fixed-seed run. */
const sample = process.argv.includes('--sample');
runSteps([
  ...(sample
    ? []
    : [
        {
          name: 'suites that npm test leaves out',
          command: ['npx', 'jest', ...SLOW, '-w', '1', '--selectProjects', 'unit', 'integration'],
        },
      ]),
  {
    name: sample ? 'long suites, fixed-seed sample' : 'long suites',
    command: ['npx', 'jest', '--selectProjects', 'long', '-w', '1'],
    env: sample ? { TEST_LONG_SAMPLE: '1' } : {},
  },
]);
