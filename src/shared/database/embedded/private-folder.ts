import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerUser } from './server-user.js';
import { canReach } from './server-user.js';
import { codeOf, embeddedErrors } from './embedded-errors.js';

/** Makes `path` (its parent exists) or takes it as it is, for the server's user alone: mode 0700. */
export function privateFolder(path: string, user: ServerUser | undefined): string {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw embeddedErrors.folder(path, error);
  }
  const found = lstatSync(path);
  // In a folder where all may write, somebody else could have put this name there first.
  if (!found.isDirectory() || !isOurs(found.uid, user)) {
    throw embeddedErrors.folder(path, Object.assign(new Error('belongs to another user'), { code: 'EPERM' }));
  }
  try {
    if (user && found.uid !== user.uid) chownSync(path, user.uid, user.gid);
    if ((found.mode & 0o077) !== 0) chmodSync(path, 0o700);
  } catch (error) {
    throw embeddedErrors.folder(path, error);
  }
  return path;
}

/** Windows has no user numbers: there every folder counts as ours. */
function isOurs(uid: number, user: ServerUser | undefined): boolean {
  const me = process.getuid?.();
  return me === undefined || uid === me || uid === user?.uid;
}

/**
 * A folder of root's own where the server's user can reach what lies below: /var/lib survives restarts, the others are
 * for systems that keep it read-only. Mode 0711: passed through by name, never listed.
 *
 * @param make false: only the place where it is or would be
 */
export function sharedRoot(user: ServerUser, make = true): string {
  let last: unknown;
  for (const parent of ['/var/lib', '/var/tmp', tmpdir()]) {
    const path = join(parent, 'techspec');
    try {
      if (make) mkdirSync(path, { recursive: true, mode: 0o711 });
      else if (!existsSync(path)) return path;
      const found = lstatSync(path);
      if (found.isDirectory() && found.uid === 0 && canReach(path, user)) return path;
    } catch (error) {
      last = error;
    }
  }
  throw embeddedErrors.folder('/var/lib/techspec', last);
}

/** Longest socket path the kernels take: 107 bytes on Linux, 103 on macOS. */
const SOCKET_PATH_LIMIT = 103;

/** A new folder for the server's socket, 0700, with a path short enough whatever the data folder's is. */
export function socketFolder(user: ServerUser | undefined): string {
  for (const parent of [tmpdir(), '/tmp', '/var/tmp']) {
    if (Buffer.byteLength(join(parent, 'ts-XXXXXX', '.s.PGSQL.5432')) > SOCKET_PATH_LIMIT) continue;
    try {
      if (!canReach(parent, user)) continue;
      const path = mkdtempSync(join(parent, 'ts-'));
      if (user) chownSync(path, user.uid, user.gid);
      return path;
    } catch {
      continue;
    }
  }
  throw embeddedErrors.folder(tmpdir(), Object.assign(new Error('no room for a socket'), { code: 'no short folder' }));
}
