import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Adds up Jest's JSON reports of a folder; names what was skipped. Exits 1 when something failed, was skipped, or nothing
 * ran. Suites that TEST_REFUSED names were skipped because this machine refuses what they need: `.ci/run` has said so.
 */
const folder = process.argv[2];
const refused = (process.env.TEST_REFUSED ?? '').split(',').filter((name) => name !== '');
const sums = { passed: 0, failed: 0, skipped: 0 };
let excused = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const skipped = report.numPendingTests + report.numTodoTests;
  sums.passed += report.numPassedTests;
  sums.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
  sums.skipped += skipped;
  process.stdout.write(
    `${file.replace('.json', '')}: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped\n`,
  );
  for (const suite of report.testResults)
    for (const test of suite.assertionResults)
      if (['pending', 'todo', 'skipped'].includes(test.status)) {
        if (refused.some((name) => test.fullName.startsWith(name))) excused += 1;
        process.stdout.write(`  skipped: ${suite.name}: ${test.fullName}\n`);
      }
}
process.stdout.write(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped\n`);
process.exit(sums.failed > 0 || sums.skipped > excused || sums.passed === 0 ? 1 : 0);
