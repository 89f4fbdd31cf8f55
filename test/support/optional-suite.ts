/**
 * A suite that needs something not every machine has. Without it the suite is skipped, and its name and the reason are
 * printed; `.ci/run` counts what was skipped, and fails unless it has itself said what the machine refuses.
 *
 * @param missing why it cannot run here; undefined: it can
 */
export function suiteIf(missing: string | undefined, name: string, body: () => void): void {
  if (missing === undefined) return describe(name, body);
  process.stderr.write(`skipped: ${name} (${missing})\n`);
  describe.skip(name, body);
}
