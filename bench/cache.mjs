import { benchCommand } from './lib/bench-command.mjs';
import { FIGURES } from './lib/cache-figures.mjs';
import { installPeers } from './lib/peers.mjs';

await benchCommand({
  name: 'cache',
  figures: FIGURES,
  about: `Measures the cache's promises (docs/promises.md) on this machine, beside other libraries. Needs redis-server (7 or later) on
the PATH, which it starts itself on free ports. Some five minutes, on a machine that does nothing else.`,
  prepare: installPeers,
});
