import 'reflect-metadata';
import { join } from 'node:path';
import { createApp } from './app.js';
import { environment } from './config/environment.js';
import { loadConfig } from './config/load-config.js';
import { EXIT_CODES, HeldSignals } from './http/hold-signals.js';
import { serve } from './http/serve.js';
import { explainStartFailure } from './http/start-failure.js';

try {
  const config = loadConfig(environment(), join(import.meta.dirname, '../..'));
  const held = new HeldSignals(process, (code) => process.exit(code));
  const app = await createApp(config);
  if (held.came) {
    await app.close();
    process.exit(EXIT_CODES[held.came]);
  }
  await serve(app, config, held);
} catch (error) {
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exit(1);
}
