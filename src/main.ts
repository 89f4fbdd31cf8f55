import 'reflect-metadata';
import { join } from 'node:path';
import { createApp } from './app.js';
import { environment } from './config/environment.js';
import { loadConfig } from './config/load-config.js';
import { serve } from './http/serve.js';
import { explainStartFailure } from './http/start-failure.js';

try {
  const config = loadConfig(environment(), join(import.meta.dirname, '../..'));
  await serve(await createApp(config), config);
} catch (error) {
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exit(1);
}
