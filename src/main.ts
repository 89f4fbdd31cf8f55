import 'reflect-metadata';
import { join } from 'node:path';
import { createApp } from './app.js';
import { loadConfig } from './config/load-config.js';
import { serve } from './http/serve.js';
import { explainStartFailure } from './http/start-failure.js';

try {
  // eslint-disable-next-line no-restricted-syntax -- handed to src/config, which reads it
  const config = loadConfig(process.env, join(import.meta.dirname, '../..'));
  await serve(await createApp(config), config);
} catch (error) {
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exit(1);
}
