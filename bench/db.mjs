import { benchCommand } from './lib/bench-command.mjs';
import { FIGURES } from './lib/db-figures.mjs';

await benchCommand({
  name: 'db',
  figures: FIGURES,
  about: `Measures what the database layer promises (docs/promises.md) on a million sessions, which the first run makes in bench/.data (2 GB, some
five minutes) and later ones find there; BENCH_DATABASE_URL names another server's empty database instead. --quick takes 50,000.`,
});
