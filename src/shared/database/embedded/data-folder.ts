import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedErrors } from './embedded-errors.js';
import { makeFolder } from './make-folder.js';
import { privateFolder, sharedRoot } from './private-folder.js';
import type { ServerUser } from './server-user.js';
import { canReach } from './server-user.js';

export interface ClusterHome {
  /** Holds `data/` (the cluster), `owner`, `guests/`, `start.lock` and `server.log`; mode 0700. */
  readonly home: string;
  /** True when the data folder could not be reached by the server's user and another place was taken. */
  readonly elsewhere: boolean;
}

/**
 * Where the cluster of a data folder lives: `<folder>/postgres`, or, when the server's user cannot get there (a project
 * below /root), a folder named after the hash of the data folder's real path, so that two clones never share one.
 */
export function clusterHome(folder: string, user: ServerUser | undefined): ClusterHome {
  const found = place(madeFolder(folder, user), user, true);
  return { ...found, home: privateFolder(found.home, user) };
}

/** The same without making anything; undefined when there is no data folder yet. */
export function findClusterHome(folder: string, user: ServerUser | undefined): ClusterHome | undefined {
  return existsSync(folder) ? place(realpathSync(folder), user, false) : undefined;
}

function place(real: string, user: ServerUser | undefined, make: boolean): ClusterHome {
  const beside = join(real, 'postgres');
  if (user === undefined) return { home: beside, elsewhere: false };
  // Reachable by now, but its data was put elsewhere when it was not: then it stays there.
  const moved = !existsSync(join(beside, 'data')) && existsSync(join(hidden(real, user, false), 'data'));
  const elsewhere = moved || !canReach(real, user);
  return { home: elsewhere ? hidden(real, user, make) : beside, elsewhere };
}

function hidden(real: string, user: ServerUser, make: boolean): string {
  return join(sharedRoot(user, make), createHash('sha256').update(real).digest('hex').slice(0, 16));
}

/** Root's data folder may be passed through by the server's user, who owns only what lies in it; nobody may list it. */
function madeFolder(folder: string, user: ServerUser | undefined): string {
  try {
    makeFolder(folder, user ? 0o711 : 0o700);
    return realpathSync(folder);
  } catch (error) {
    throw embeddedErrors.folder(folder, error);
  }
}
