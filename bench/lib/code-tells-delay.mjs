/** Loaded before the service: on SIGUSR2 writes the delays of its event loop since the last time, in ms, to the file BENCH_DELAYS. */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** Milliseconds between two looks; the histogram counts them as delay, so they are taken off. */
const EVERY = 1;

if (isMainThread) {
  const delays = monitorEventLoopDelay({ resolution: EVERY });
  delays.enable();
  process.on('SIGUSR2', () => {
    const ms = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - EVERY);
    const told = {
      p99: ms(delays.percentile(99)),
      p50: ms(delays.percentile(50)),
      max: ms(delays.max),
      looks: delays.count,
    };
    writeFileSync(process.env.BENCH_DELAYS, JSON.stringify(told));
    delays.reset();
  });
}
