import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as NestLogger, PinoLogger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { ApiDescription } from './http/api-description.js';
import { createAdapter } from './http/fastify-adapter.js';
import { describeApi } from './http/openapi.js';
import { installServerHooks } from './http/server-hooks.js';
import { createLogger } from './shared/logging/logger.js';

/**
 * The whole application, ready but for listening: what main starts is what tests, benchmarks and the command line run.
 * Close it with `app.close()`.
 * @throws StartupError and AppError with a message that says what to do
 */
export async function createApp(config: Config): Promise<NestFastifyApplication> {
  const logger = createLogger(config.log);
  for (const warning of config.warnings) logger.warn({ context: 'Config' }, warning);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config, logger),
    createAdapter(config, logger),
    // From the first line on: what Nest buffers it would print in its own form when the start fails.
    { bodyParser: false, abortOnError: false, logger: new NestLogger(new PinoLogger({ pinoHttp: { logger } }), {}) },
  );
  try {
    installServerHooks(app, config);
    await app.init();
    app.get(ApiDescription).describedBy(() => describeApi(app, config));
    await app.getHttpAdapter().getInstance().ready();
  } catch (error) {
    // What was opened so far (pools, an embedded server) must not outlive a start that failed.
    await app.close().catch(() => undefined);
    throw error;
  }
  return app;
}
