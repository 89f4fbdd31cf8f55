import { benchCommand } from './lib/bench-command.mjs';
import { FIGURES } from './lib/code-figures.mjs';

await benchCommand({
  name: 'code',
  figures: FIGURES,
  about: `Measures the analysis of code (docs/promises.md): F1 on the projects of test/fixtures/code, speed against the bare parsers, an unchanged
tree, memory, and the event loop of the service while it analyses. Some three minutes, on a machine that does nothing else.`,
});
