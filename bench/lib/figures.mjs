import { engineRatio } from './engine-ratio.mjs';
import { killedWorker, queuedAtOnce } from './load-figures.mjs';
import { cachedGaps, emptyCache, secondRun, unreachable } from './research-figures.mjs';
import { freshClone, npmStart, serverGiven } from './start-figures.mjs';

/**
 * The figures in the order they run. `limit` and `unit` are those of the first part, for the case that nothing could be
 * measured. Figures of one `group` share a running service. `notInQuick`: what --quick leaves out; `whole` when that is all of it.
 */
export const FIGURES = [
  {
    id: 'A1',
    promise: 'fresh clone to first finished document, npm ci included',
    limit: 180,
    unit: 's',
    measure: freshClone,
    notInQuick: 'whole',
  },
  {
    id: 'A2',
    promise: 'npm start to ready, first time with build and later',
    limit: 15,
    unit: 's',
    measure: npmStart,
    notInQuick: 'without the first start with its build; 1 later start instead of 5',
  },
  {
    id: 'A3',
    promise: 'npm start to ready with a server given',
    limit: 3,
    unit: 's',
    measure: serverGiven,
    notInQuick: '1 start instead of 5',
  },
  {
    id: 'A4',
    promise: 'a brief with 10 gaps, empty cache',
    limit: 20,
    unit: 's',
    measure: emptyCache,
    group: 'ten gaps',
    notInQuick: '1 run instead of 3',
  },
  {
    id: 'A5',
    promise: 'second identical run, no registry call',
    limit: 2,
    unit: 's',
    measure: secondRun,
    group: 'ten gaps',
    notInQuick: 'without the run after a restart; 2 runs instead of 5',
  },
  {
    id: 'A6',
    promise: 'five cached gaps by POST /v1/research, each in the service',
    limit: 2,
    unit: 'ms',
    measure: cachedGaps,
    group: 'ten gaps',
    notInQuick: '40 rounds instead of 200',
  },
  {
    id: 'A7',
    promise: 'registry unreachable: completed_degraded, unknowns said',
    limit: 30,
    unit: 's',
    measure: unreachable,
    notInQuick: 'without the registry that accepts and never answers',
  },
  {
    id: 'A8',
    promise: 'session of 10 gaps whose sources answer at once, against a bare engine chain',
    limit: 1.5,
    unit: '×',
    measure: engineRatio,
    notInQuick: '5 pairs of 2 instead of 9 of 8, without sessions whose answers are not cached',
  },
  {
    id: 'A9',
    promise: '200 sessions queued at once all complete, none twice; Node stays small',
    limit: 400,
    unit: 'MB',
    measure: queuedAtOnce,
    notInQuick: '6 sessions instead of 200',
  },
  {
    id: 'A10',
    promise: 'kill -9 of one of two workers: the other takes over',
    limit: 15,
    unit: 's',
    measure: killedWorker,
    notInQuick: 'whole',
  },
];
