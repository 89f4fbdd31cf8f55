import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../errors/app-error.js';
import { installedVersion } from './binaries.js';
import { findClusterHome } from './data-folder.js';
import { OwnerFiles } from './owner-files.js';
import { runningPostmaster } from './postmaster.js';
import { serverUser } from './server-user.js';

export interface EmbeddedReport {
  /** Version of the installed binaries; undefined: `problem` says why there are none. */
  readonly version?: string;
  /** Where the cluster is; undefined: no data folder yet. */
  readonly home?: string;
  readonly initialised: boolean;
  /** Process number of the running server. */
  readonly server?: number;
  /** Process number of the program that owns it; a server without one is adopted by the next start. */
  readonly owner?: number;
  /** Last lines of the server's log, oldest first. */
  readonly log: readonly string[];
  /** One line that says what to do. */
  readonly problem?: string;
}

const LOG_LINES = 5;

/** The state of the embedded database for the doctor: starts nothing and makes no folder. */
export function inspectEmbedded(dataFolder: string, config: { readonly root: string }): EmbeddedReport {
  const user = serverUser();
  const home = findClusterHome(dataFolder, user)?.home;
  const cluster = home === undefined ? { initialised: false, log: [] } : inspectCluster(home);
  try {
    return { ...cluster, home, version: installedVersion(config.root) };
  } catch (error) {
    return { ...cluster, home, problem: error instanceof AppError ? error.message : String(error) };
  }
}

function inspectCluster(home: string): Pick<EmbeddedReport, 'initialised' | 'server' | 'owner' | 'log'> {
  const dataDir = join(home, 'data');
  const files = new OwnerFiles(home);
  return {
    initialised: existsSync(join(dataDir, 'PG_VERSION')),
    server: runningPostmaster(dataDir)?.pid,
    owner: files.hasOwner() ? files.readOwner()?.pid : undefined,
    log: lastLines(join(home, 'server.log')),
  };
}

function lastLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-LOG_LINES);
  } catch {
    return [];
  }
}
