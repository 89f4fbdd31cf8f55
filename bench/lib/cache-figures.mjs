import { acrossProcesses, killedLoader } from './cache-cluster.mjs';
import { connections } from './cache-connections.mjs';
import { firstTierHit, secondTierHit } from './cache-hits.mjs';
import { concurrentFailures, concurrentMisses } from './cache-loads.mjs';
import { outages } from './cache-outages.mjs';
import { patternDelete } from './cache-pattern.mjs';

/** The figures in the order they run; `limit` and `unit` are those of the first part, for the case that nothing could be measured. */
export const FIGURES = [
  {
    id: 'B1',
    promise: 'hit of the first tier, statistics on, against an async Map.get',
    limit: 2.5,
    unit: '×',
    measure: firstTierHit,
    notInQuick: '5 rounds of 60,000 calls instead of 15 of 200,000',
  },
  {
    id: 'B2',
    promise: 'hit of the second tier, CPU against GET and JSON.parse',
    limit: 1.25,
    unit: '×',
    measure: secondTierHit,
    notInQuick: '5 rounds of 4,000 calls instead of 15 of 20,000',
  },
  {
    id: 'B3',
    promise: 'Redis connections: operations at once, commands on few connections, overhead',
    limit: 1000,
    unit: 'ms',
    measure: connections,
    notInQuick: '5 rounds instead of 15',
  },
  {
    id: 'B4',
    promise: '500 concurrent misses: one load',
    limit: 1,
    unit: 'loads',
    measure: concurrentMisses,
    notInQuick: '5 rounds instead of 25',
  },
  {
    id: 'B5',
    promise: '500 concurrent misses of a load that fails: one load',
    limit: 1,
    unit: 'loads',
    measure: concurrentFailures,
    notInQuick: '5 rounds instead of 25, without the libraries that are compared with',
  },
  {
    id: 'B6',
    promise: '4 processes with 125 misses each: one load in all',
    limit: 1,
    unit: 'loads',
    measure: acrossProcesses,
    notInQuick: '5 rounds instead of 25',
  },
  {
    id: 'B7',
    promise: 'kill -9 of the process that loads: exactly one further load',
    limit: 1,
    unit: 'loads',
    measure: killedLoader,
    notInQuick: '1 round instead of 5',
  },
  {
    id: 'B11',
    promise: 'Redis hung, refused, full, flushed, replaced: no failed request, one short wait',
    limit: 50,
    unit: 'ms',
    measure: outages,
    notInQuick: 'outages of 1 s instead of 3 s',
  },
  {
    id: 'B12',
    promise: '200,000 keys deleted by pattern: no command over 1 ms',
    limit: 0,
    unit: 'commands',
    measure: patternDelete,
    notInQuick: '20,000 keys instead of 200,000',
  },
];
