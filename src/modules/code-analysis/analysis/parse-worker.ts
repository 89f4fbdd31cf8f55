import { parentPort } from 'node:worker_threads';
import { InlineParser } from './inline-parser.js';

/** A thread of the pool: one file in, its facts out. Started by `ParsePool` from the compiled file beside it. */
const parser = new InlineParser();
parentPort?.postMessage('ready');

parentPort?.on('message', ({ path, text }: { readonly path: string; readonly text: string }) => {
  void parser.parse(path, text).then((parsed) => parentPort?.postMessage(parsed));
});
