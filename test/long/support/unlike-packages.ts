import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { allCandidates } from '../../../src/modules/research/catalogue/catalogue.js';
import { ScriptedRegistry } from '../../support/registry.js';

const LICENSES = ['MIT', 'MIT', 'MIT', 'Apache-2.0', 'ISC', 'BSD-3-Clause', 'MPL-2.0', 'LGPL-3.0-or-later'];
const ENGINES = [undefined, { node: '>=18' }, { node: '>=20' }, { node: '>=22.12' }, { node: '>=10' }];
const NEIGHBOURS = ['tslib', 'debug', 'uuid', 'lodash', 'semver', 'ws', 'pg', 'ioredis', 'zod', 'yaml', 'mime', 'ms'];

/**
 * A registry that knows every package of the catalogue, each with a record of its own (drawn from a hash of its name):
 * alike records would hide an order that depends on arrival, and make unlike documents alike.
 */
export async function unlikePackages(): Promise<ScriptedRegistry> {
  const registry = await ScriptedRegistry.start();
  const names = allCandidates.flatMap(({ package: name, companions }) => [name, ...companions]);
  for (const name of new Set(names)) if (name !== undefined) publish(registry, name);
  return registry;
}

function publish(registry: ScriptedRegistry, name: string): void {
  const draw = drawer(name);
  const declares = draw(3) > 0;
  const record = {
    license: LICENSES[draw(LICENSES.length)],
    engines: ENGINES[draw(ENGINES.length)],
    type: draw(2) ? 'module' : 'commonjs',
    main: 'dist/main.js',
    ...(declares && { types: './dist/main.d.ts' }),
    dependencies: Object.fromEntries(NEIGHBOURS.filter(() => draw(4) === 0).map((one) => [one, `^${1 + draw(8)}.0.0`])),
    ...(draw(5) === 0 && { peerDependencies: { react: '>=18' } }),
  };
  registry.publish(name, {
    version: `${1 + draw(12)}.${draw(30)}.${draw(15)}`,
    record,
    // Equal files of unlike packages are common, and must not be taken for one another.
    files: { 'dist/main.d.ts': 'export {};' },
  });
}

/** Whole numbers below a limit, one byte of the name's hash after the other. */
function drawer(name: string): (below: number) => number {
  const bytes = createHash('sha256').update(name).digest();
  let at = 0;
  return (below) => bytes.readUInt8(at++ % bytes.length) % below;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Lets each answer wait `delayMs()` first, so that what was asked first is not answered first. */
export function delayAnswers(registry: ScriptedRegistry, delayMs: () => number): void {
  const server = registry['server'];
  const [answer] = (server?.listeners('request') ?? []) as Listener[];
  if (server === undefined || answer === undefined) throw new Error('the registry is not started');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    setTimeout(() => answer(request, response), delayMs());
  });
}
