import { join } from 'node:path';
import { buildIfStale, root } from './build-if-stale.mjs';

await buildIfStale();
await import(join(root, 'dist', 'src', 'main.js'));
