import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DBOS } from '@dbos-inc/dbos-sdk';

const silent = new AsyncLocalStorage<true>();

/** Makes or renews the engine's own tables (schema `dbos`) and lets `applicationRole` use them. */
export async function migrateEngine(ownerUrl: string, applicationRole?: string): Promise<void> {
  const restore = silenceEngine();
  try {
    await silent.run(true, () => DBOS.migrate(ownerUrl, applicationRole === undefined ? {} : { applicationRole }));
  } finally {
    restore();
    // A store that stays in use costs something at every promise of the process before Node 24.
    silent.disable();
  }
}

/**
 * The engine's migration writes every statement to stdout, takes no logger, and stdout is where the command line puts the
 * document. Only what is written from inside that call is dropped; its failures are thrown and lose nothing.
 */
function silenceEngine(): () => void {
  const target = globalThis.console;
  const { log, info, warn } = target;
  const unless =
    (write: typeof log): typeof log =>
    (...words) => {
      if (!silent.getStore()) write.apply(target, words);
    };
  Object.assign(target, { log: unless(log), info: unless(info), warn: unless(warn) });
  return () => Object.assign(target, { log, info, warn });
}

/** Version of the engine whose tables `migrateEngine` makes. */
export function engineVersion(projectRoot: string): string {
  // The package does not export its package.json; its entry is <package>/dist/src/index.js.
  const entry = createRequire(join(projectRoot, 'package.json')).resolve('@dbos-inc/dbos-sdk');
  const manifest: unknown = JSON.parse(readFileSync(join(dirname(entry), '..', '..', 'package.json'), 'utf8'));
  return String((manifest as { version?: unknown }).version);
}
