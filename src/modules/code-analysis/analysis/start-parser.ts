import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InlineParser } from './inline-parser.js';
import { ParsePool, POOL_LIMITS } from './parse-pool.js';
import type { Parser } from './parser.types.js';

/** Threads need a compiled script beside this file; where there is none (the sources under a test runner) this thread parses. */
export function startParser(threads = Math.max(1, Math.min(4, availableParallelism() - 1))): Parser {
  const script = join(import.meta.dirname, 'parse-worker.js');
  return existsSync(script) ? new ParsePool(script, { ...POOL_LIMITS, threads }) : new InlineParser();
}
