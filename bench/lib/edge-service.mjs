/**
 * The product as `main.js` starts it, in a process whose limits can be switched on and off while it runs: two processes of one
 * binary differ by up to a tenth for as long as they live, which is more than limits cost. Started by http-sides.mjs; takes
 * 'limits on' and 'limits off' and answers when it is so.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/build-if-stale.mjs';

const built = (file) => import(pathToFileURL(join(root, 'dist', 'src', file)).href);

// The product's own copy: the benchmarks have packages of their own.
createRequire(join(root, 'package.json'))('reflect-metadata');
const { createApp } = await built('app.js');
const { loadConfig } = await built('config/load-config.js');
const { serve } = await built('http/serve.js');
const { HeldSignals } = await built('http/hold-signals.js');

const config = loadConfig(process.env, root);
const switched = { ...config, rateLimit: { ...config.rateLimit } };
process.on('message', (message) => {
  const state = { 'limits on': true, 'limits off': false }[message];
  if (state === undefined) return;
  switched.rateLimit.enabled = state;
  process.send({ limits: state });
});
const held = new HeldSignals(process, (code) => process.exit(code));
await serve(await createApp(switched), switched, held);
