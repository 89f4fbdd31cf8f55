/** Loaded before a program that is measured: tells its parent how much memory the process has held at most, now and at the end. */
import { isMainThread } from 'node:worker_threads';

const tell = () => process.send?.({ kilobytes: process.resourceUsage().maxRSS });

if (isMainThread) {
  // The channel to the parent must not keep the program alive.
  process.channel?.unref();
  setInterval(tell, 200).unref();
  process.on('exit', tell);
}
