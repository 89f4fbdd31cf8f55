/**
 * A suite that needs something not every machine has. Without it the suite is skipped, and its name and the reason are
 * printed; in CI, where nothing may be missing, it fails, unless `.ci/run` itself has said what this machine refuses.
 *
 * @param missing why it cannot run here; undefined: it can
 */
export function suiteIf(missing: string | undefined, name: string, body: () => void): void {
  if (missing === undefined) return describe(name, body);
  process.stderr.write(`skipped: ${name} (${missing})\n`);
  const refused = process.env['TEST_REFUSED']?.split(',') ?? [];
  if (process.env['CI'] !== 'true' || refused.includes(name)) return describe.skip(name, body);
  describe(name, () => {
    it('can run here', () => {
      throw new Error(`nothing may be skipped in CI: ${missing}`);
    });
  });
}
