import { insertRate, updateRate, upsertRate } from './db-bulk.mjs';
import { deepPage, eachFilter, words } from './db-lists.mjs';
import { constantMemory } from './db-memory.mjs';
import { poolUnderLoad } from './db-pool.mjs';
import { queriesOfASession } from './db-session.mjs';
import { statistics } from './db-statistics.mjs';
import { writers } from './db-writers.mjs';

export const FIGURES = [
  {
    id: 'C1',
    promise: '100,000 rows inserted in bulk against COPY into the same table with its indexes',
    limit: 0.5,
    unit: '×',
    measure: insertRate,
    notInQuick: '10,000 rows',
  },
  {
    id: 'C2',
    promise: '100,000 rows upserted against COPY of the same',
    limit: 0.4,
    unit: '×',
    measure: upsertRate,
    notInQuick: '10,000 rows',
  },
  {
    id: 'C3',
    promise: '100,000 rows updated against COPY of the same',
    limit: 0.3,
    unit: '×',
    measure: updateRate,
    notInQuick: '10,000 rows',
  },
  {
    id: 'C4',
    promise: 'memory of a million rows inserted beyond that of 100,000',
    limit: 16,
    unit: 'MB',
    measure: constantMemory,
    notInQuick: 'fewer rows',
  },
  {
    id: 'C5',
    promise: 'a page by cursor at 90 % of a million sessions against the first, by time and blocks',
    limit: 1.2,
    unit: '×',
    measure: deepPage,
    notInQuick: '50,000 sessions',
  },
  {
    id: 'C6',
    promise: 'list of sessions with each combination of filters, in the database, p95',
    limit: 5,
    unit: 'ms',
    measure: eachFilter,
    notInQuick: '50,000 sessions',
  },
  {
    id: 'C7',
    promise: 'words in at most 1 % of the sessions, the newest first, in the database, p95',
    limit: 20,
    unit: 'ms',
    measure: words,
    notInQuick: '50,000 sessions',
  },
  {
    id: 'C8',
    promise: 'statistics by each filter and span of time, in the database, p95; a change is in the next answer',
    limit: 10,
    unit: 'ms',
    measure: statistics,
    notInQuick: '50,000 sessions',
  },
  {
    id: 'C9',
    promise: '16 writers on one workspace: throughput that the roll-ups cost',
    limit: 10,
    unit: '%',
    measure: writers,
    notInQuick: '5 pairs of 96 sessions instead of 11 of 320',
  },
  {
    id: 'C10',
    promise: 'a session with gaps, options, decisions and document, however many gaps',
    limit: 4,
    unit: 'queries',
    measure: queriesOfASession,
  },
  {
    id: 'C11',
    promise: '2,000 concurrent requests over 30 connections: failed below the wait limit',
    limit: 0,
    unit: 'calls',
    measure: poolUnderLoad,
    notInQuick: 'one restart instead of three',
  },
];
