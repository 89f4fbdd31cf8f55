import { runSteps } from './run-steps.mjs';
import { SLOW } from './slow-suites.mjs';

/** The suites on a real database (the embedded one, or TEST_DATABASE_URL), then the built program doing the main job. */
const only = process.argv.slice(2);
runSteps(
  only.length
    ? [{ name: 'tests', command: ['npx', 'jest', ...only] }]
    : [
        {
          name: 'unit and integration tests',
          command: ['npx', 'jest', '--selectProjects', 'unit', 'integration', '--testPathIgnorePatterns', ...SLOW],
        },
        { name: 'smoke: the built program does the main job', command: [process.execPath, 'scripts/smoke.mjs'] },
      ],
);
