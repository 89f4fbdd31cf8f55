import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load-config.js';
import { PROJECT_ROOT } from './project-root.js';

/** An admin key that every test application knows. */
export const ADMIN_KEY = `tsk_testadmin.${'t'.repeat(43)}`;

type Slices = { readonly [K in keyof Config]?: Config[K] extends object ? Partial<Config[K]> : Config[K] };
export type ConfigOverrides = Slices;

/** The defaults of the product, silent, with the test's key; `overrides` are merged slice by slice. */
export function testConfig(overrides: ConfigOverrides = {}): Config {
  const config = loadConfig({ LOG_LEVEL: 'silent', TECHSPEC_API_KEY: ADMIN_KEY }, PROJECT_ROOT);
  // A busy machine is not what suites are about; those that are give their own deadline.
  const redis = { ...config.redis, deadlineMs: 5000 };
  // Nor are limits, of which a suite would spend a day's share in a second.
  const rateLimit = { ...config.rateLimit, enabled: false };
  const merged: Record<string, unknown> = { ...config, redis, rateLimit };
  for (const [name, value] of Object.entries(overrides)) {
    const base = merged[name];
    const isSlice = typeof value === 'object' && !Array.isArray(value) && typeof base === 'object';
    merged[name] = isSlice ? { ...base, ...value } : value;
  }
  return merged as unknown as Config;
}
