import { benchCommand } from './lib/bench-command.mjs';
import { otherMajor } from './lib/database.mjs';
import { FIGURES } from './lib/db-figures.mjs';

const major = otherMajor();

await benchCommand({
  name: 'db',
  figures: FIGURES,
  variant: major && `postgresql-${major}`,
  about: `Measures what the database layer promises (docs/promises.md) on a million sessions, which the first run makes in bench/.data (2 GB,
some five minutes of a machine of its own) and later ones find there. --quick takes 50,000.

  BENCH_POSTGRES_BIN=/usr/lib/postgresql/15/bin npm run bench:db    the same on another release, from the folder of its programs
  BENCH_DATABASE_URL=postgresql://…                                 lists and statistics on another server's empty database`,
});
