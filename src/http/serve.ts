import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import { WarmUp } from '../shared/cache/warm-up.js';
import { Drain } from '../shared/health/drain.js';
import { banner, shownAddress } from './banner.js';
import { drainOnSignal } from './drain-on-signal.js';
import { FirstKeyNotice } from './first-key-notice.js';
import { isLoopback } from './framing.js';
import type { HeldSignals } from './hold-signals.js';
import { type Listener, startMetricsListener } from './metrics-listener.js';
import { OpenSockets } from './open-sockets.js';
import { listenFailure } from './start-failure.js';

/** Listens, says that it is ready, and drains when a signal comes or is held since the start. */
export async function serve(app: NestFastifyApplication, config: Config, held: HeldSignals): Promise<void> {
  const { host, port } = config.http;
  const sockets = new OpenSockets(app.getHttpServer() as Server);
  try {
    await app.listen(port, host).catch((error: NodeJS.ErrnoException) => {
      throw listenFailure(error, host, port, 'PORT');
    });
    const metrics = await startMetricsListener(app, config);
    drainOnSignal({
      drain: app.get(Drain),
      delayMs: drainDelay(config),
      close: () => closeAll(app, sockets, metrics, drainDelay(config)),
      exit: (code) => process.exit(code),
      signals: process,
    });
    held.release();
    // A signal that came while the server began to listen is answered now.
    if (held.came) process.emit(held.came);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port: bound } = (app.getHttpServer() as { address(): AddressInfo }).address();
  void app.get(WarmUp, { strict: false }).run();
  process.stdout.write(`${banner(config, shownAddress(config, bound), app.get(FirstKeyNotice).take())}\n`);
}

/** Nobody balances load over a loopback address or beside an embedded database: there is nothing to wait for. */
function drainDelay(config: Config): number {
  return isLoopback(config.http.host) || config.database.url === undefined ? 0 : config.http.drainDelayMs;
}

/** Answers in flight get this long: at a terminal somebody waits, behind a balancer nobody does. */
const GRACE_AT_TERMINAL_MS = 800;
const GRACE_MS = 10_000;

async function closeAll(
  app: NestFastifyApplication,
  sockets: OpenSockets,
  metrics: Listener | undefined,
  delayMs: number,
): Promise<void> {
  const stopSweeping = sockets.close(delayMs === 0 ? GRACE_AT_TERMINAL_MS : GRACE_MS);
  await metrics?.close();
  await app.close();
  stopSweeping();
}
