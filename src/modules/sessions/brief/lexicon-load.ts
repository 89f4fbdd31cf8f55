/** Rules about how much and how often. */
import type { LexiconRule } from './lexicon.types.js';

const PEOPLE =
  /\b(?:users?|customers?|managers?|people|employees|staff|members|visitors|dispatchers|agents|clients|students|patients|sellers|buyers|drivers|operators|shops|companies|tenants|subscribers|readers|players|analysts|colleagues)$/iu;
const TEAM = /engineers?|developers?|programmers?|devs?\b/iu;

export const LOAD_RULES: readonly LexiconRule[] = [
  {
    id: 'RATE-1',
    quantity: (q) => q.kind === 'rate',
    opens: [],
    meaning: 'a rate: capacity, volume and storage follow',
  },
  {
    id: 'PEAK-1',
    words:
      /\b(?:at (?:the )?peak|peak(?:s| hours?| load)?|black friday|sale days?|rush hours?|high season|burst|spikes?)\b/iu,
    opens: [],
    meaning: 'load is uneven: capacity follows the peak, cost the rest',
  },
  {
    id: 'CONCURRENT-1',
    words: /\b(?:at the same time|concurrent(?:ly)?|simultaneous(?:ly)?|at once|in parallel)\b/iu,
    opens: [],
    meaning: 'a level, not a rate: sizes pools and queries',
  },
  {
    id: 'USERS-1',
    quantity: (q) => q.kind === 'count' && PEOPLE.test(q.noun ?? '') && !TEAM.test(q.noun ?? ''),
    opens: [],
    meaning: 'number of people: bounds concurrency and notifications',
  },
  {
    id: 'FLEET-1',
    quantity: (q) =>
      q.kind === 'count' &&
      /\b(?:sensors?|devices?|meters?|machines?|vehicles?|trucks?|gateways?|cameras?|trackers?|chargers?|stations?)$/iu.test(
        q.noun ?? '',
      ),
    opens: [],
    meaning: 'a fleet: rate = devices / interval',
  },
  {
    id: 'VOLUME-1',
    quantity: (q) =>
      q.kind === 'count' &&
      /\b(?:rows?|records?|documents?|products?|articles?|files?|lines?|items?|images?|photos?|points?|pages?|listings?|entries)$/iu.test(
        q.noun ?? '',
      ),
    opens: [],
    meaning: 'a stock or batch of data: sizes tables, imports and exports',
  },
  { id: 'SIZE-1', quantity: (q) => q.kind === 'size', opens: [], meaning: 'a size: bandwidth and storage follow' },
  { id: 'SHARE-1', quantity: (q) => q.kind === 'share', opens: [], meaning: 'a share of the whole' },
  {
    id: 'RANGE-1',
    quantity: (q) => q.qualifiers.some((mark) => mark.startsWith('from ')),
    opens: [],
    meaning: 'a range: the upper end is what must hold',
  },
  {
    id: 'GROWTH-1',
    words: /\b(?:grow(?:s|th|ing)?|doubles (?:every|within|in)|triples (?:every|within|in)|expected to reach)\b/iu,
    opens: [],
    meaning: 'growth: the figures of today are not the design load',
  },
  {
    id: 'HOT-1',
    words:
      /\b(?:popular|best-?sellers?|sells? out|same (?:event|item|product|row)|flash sale|limited edition|drops?)\b/iu,
    opens: [],
    meaning: 'load meets at one row: lock time is the limit',
  },
  {
    id: 'BURST-2',
    words: /\b(?:all at once|reconnect(?:s|ing)?|after (?:an? )?(?:outage|power cut)|catch(?:es)? up|thundering)\b/iu,
    opens: ['queue-jobs'],
    meaning: 'stored work arrives together: drain time must be bounded',
  },
];
