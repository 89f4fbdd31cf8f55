import { accuracy } from './code-accuracy.mjs';
import { eventLoop } from './code-event-loop.mjs';
import { memory } from './code-memory.mjs';
import { againstParser } from './code-speed.mjs';
import { unchangedTree } from './code-unchanged.mjs';

export const FIGURES = [
  {
    id: 'D1',
    promise: 'F1 over method and path on the projects written for each framework, the lowest framework',
    limit: 0.98,
    unit: 'F1',
    measure: accuracy,
  },
  {
    id: 'D2',
    promise: 'files of a tree analysed on one core against the bare parser on all of them, the slowest language',
    limit: 0.6,
    unit: '×',
    measure: againstParser,
    notInQuick: 'smaller trees',
  },
  {
    id: 'D3',
    promise: 'an upload of an unchanged tree against the first upload of it, from the first byte to analysed',
    limit: 10,
    unit: '×',
    measure: unchangedTree,
    notInQuick: 'a smaller tree',
  },
  {
    id: 'D4',
    promise: 'most memory of a process that analyses 50,000 files',
    limit: 500,
    unit: 'MB',
    measure: memory,
    notInQuick: '5,000 files',
  },
  {
    id: 'D5',
    promise: 'delay of the event loop of the service while it analyses, p99',
    limit: 20,
    unit: 'ms',
    measure: eventLoop,
    notInQuick: 'one upload',
  },
];
