import type { Environment } from '../config/load-config.js';
import { loadConfig } from '../config/load-config.js';
import { migrateConfigured } from '../shared/database/database-connection.js';
import { out, progress } from './usage.js';

/** `migrate`: brings the schema of the configured database to this release, the engine's included. */
export async function runMigrations(environment: Environment, root: string): Promise<void> {
  const config = loadConfig(environment, root);
  const { applied, engineMigrated, newer } = await migrateConfigured(config, (_level, message) => progress(message));
  if (newer.length) progress(`The schema is of a newer release: it also has ${newer.join(', ')}.`);
  const done = [...applied, ...(engineMigrated ? ['the engine’s tables'] : [])];
  out(done.length ? `Applied ${done.join(', ')}.\n` : 'Nothing to do: the schema is up to date.\n');
}
