import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify } from 'fastify';
import { register } from 'prom-client';
import type { Config } from '../config/config.js';
import { listenFailure } from './start-failure.js';
import { METRICS_PATH } from './metrics.controller.js';

export interface Listener {
  close(): Promise<void>;
}

/**
 * `GET /metrics` on a port of its own (PROMETHEUS_PORT), so that scrapes can be kept off the public address. It passes
 * requests on to the application's own route: token, formats and errors are the same there.
 */
export async function startMetricsListener(app: NestFastifyApplication, config: Config): Promise<Listener | undefined> {
  const { enabled, port } = config.metrics;
  if (!enabled || port === undefined) return undefined;
  const server = fastify();
  server.get(METRICS_PATH, async (request, reply) => {
    const { authorization, accept } = request.headers;
    const answer = await app.inject({
      method: 'GET',
      url: METRICS_PATH,
      headers: { host: 'localhost', ...(authorization ? { authorization } : {}), ...(accept ? { accept } : {}) },
    });
    const type = answer.headers['content-type'] ?? register.contentType;
    return reply
      .status(answer.statusCode)
      .headers({ 'content-type': type, 'cache-control': 'no-store', vary: 'Accept' })
      .send(answer.body);
  });
  try {
    await server.listen({ host: config.http.host, port });
  } catch (error) {
    throw listenFailure(error as NodeJS.ErrnoException, config.http.host, port, 'PROMETHEUS_PORT');
  }
  return server;
}
