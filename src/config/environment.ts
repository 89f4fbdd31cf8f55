import type { Environment } from './load-config.js';

/** The process's environment; the entry points hand it to loadConfig, and nobody else asks. */
export function environment(): Environment {
  return process.env;
}
