import { benchCommand } from './lib/bench-command.mjs';
import { FIGURES } from './lib/edge-figures.mjs';
import { installPeers } from './lib/peers.mjs';

await benchCommand({
  name: 'edge',
  figures: FIGURES,
  about: `Measures what limits, and the whole edge with them, cost a request (docs/promises.md). Needs redis-server (7 or later) on the PATH,
which it starts itself. Some five minutes, on a machine that does nothing else.`,
  prepare: installPeers,
});
