/** Rules about deadlines, intervals, calendars and lateness. */
import type { LexiconRule } from './lexicon.types.js';

const has =
  (...marks: string[]) =>
  (q: { kind: string; qualifiers: readonly string[] }) =>
    q.kind === 'duration' && marks.some((mark) => q.qualifiers.includes(mark));

export const TIME_RULES: readonly LexiconRule[] = [
  {
    id: 'DEADLINE-1',
    quantity: has('within', 'no later than', 'under', 'less than'),
    opens: [],
    meaning: 'a deadline: work in flight = rate × time',
  },
  { id: 'INTERVAL-1', quantity: has('every'), opens: [], meaning: 'a period: one event per period and source' },
  {
    id: 'SCHEDULE-1',
    words:
      /\b(?:every (?:night|morning|evening|hour|day|week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|each (?:night|morning|day|week|month|monday|friday)|nightly|daily|weekly|monthly|hourly|cron)\b/iu,
    opens: ['scheduling'],
    meaning: 'work by the calendar: a missed or doubled run must be harmless',
  },
  {
    id: 'INTERVAL-2',
    words: /\bevery \d{1,4} (?:minutes|hours|days)\b/iu,
    opens: ['scheduling'],
    meaning: 'a recurring run: age of the data = period + run time',
  },
  {
    id: 'WINDOW-1',
    words: /\b(?:between|from|by|before|until|at) (?:\d{1,2}:\d{2}|\d{1,2} ?(?:am|pm)\b|midnight|noon)/iu,
    opens: ['scheduling'],
    meaning: 'a time of day: needs a time zone',
  },
  {
    id: 'HOLD-1',
    words: /\b(?:reserv(?:es?|ed|ation)|holds?|held|locks?|locked|set aside)\b/iu,
    opens: [],
    meaning: 'a resource is held while somebody acts: held stock = rate × time',
  },
  {
    id: 'EXPIRY-1',
    words: /\b(?:expires?|expired|time[sd]? out|time-?outs?|valid for|valid until)\b/iu,
    opens: ['scheduling'],
    meaning: 'something ends by itself: who acts at the end, and exactly once',
  },
  {
    id: 'DELAYED-1',
    words: /\b(?:payouts?|reminders?|remind(?:s|ed)?|released?|follow-?ups?|invoices?)\b[^.;]{0,60}\bafter\b/iu,
    opens: ['scheduling', 'queue-jobs'],
    meaning: 'work that waits for a date: one job per item or one run per date',
  },
  {
    id: 'CANCEL-1',
    words: /\b(?:cancel(?:s|led|lation)?|withdraw(?:s|n)?|undo)\b/iu,
    opens: [],
    meaning: 'a way back: allowed until a state or a time',
  },
  {
    id: 'RETURN-1',
    words: /\breturns?\b(?=[^.;]{0,30}\baccepted\b)|\b(?:right|period) of return\b|\baccepts? returns?\b/iu,
    opens: [],
    meaning: 'a way back for goods: a window with an anchor date',
  },
  {
    id: 'REALTIME-1',
    words: /\b(?:in real[- ]time|real-time|live (?:view|map|update|position|data)|immediately|instantly)\b/iu,
    opens: [],
    meaning: 'no amount: how late is too late has to be asked',
  },
  {
    id: 'OUTAGE-1',
    words:
      /\b(?:(?:may|can) be (?:down|unavailable|unreachable|offline)|los(?:e|es) (?:coverage|connection|network)|without (?:network|coverage)|goes down)\b/iu,
    opens: ['queue-jobs'],
    meaning: 'the other side is away: work is stored and drained later',
  },
  {
    id: 'SILENCE-1',
    words: /\b(?:silent|no (?:signal|reading|heartbeat)|stops? sending|counts? as offline|shown as offline)\b/iu,
    opens: ['scheduling'],
    meaning: 'an event that is the absence of events: needs a timer, not a message',
  },
  {
    id: 'HISTORY-1',
    words: /\b(?:last \d{1,4} (?:hours|days|weeks|months)|history|trend|time series)\b/iu,
    opens: [],
    meaning: 'reads over time: points per view = window / period',
  },
  { id: 'TIMEZONE-1', words: /\btime ?zones?\b/iu, opens: [], meaning: 'local dates differ from stored instants' },
  {
    id: 'BUSINESS-1',
    words: /\b(?:office hours|business hours|working (?:hours|days?)|weekends?)\b/iu,
    opens: [],
    meaning: 'a calendar of working time',
  },
  {
    id: 'FRESH-1',
    words: /\b(?:up to date|stale|fresh(?:ness)?|not older than)\b/iu,
    opens: [],
    meaning: 'age of data: period + run time',
  },
  {
    id: 'BATCH-1',
    words: /\b(?:batch(?:es)?|bulk|overnight|nightly)\b/iu,
    opens: ['queue-jobs', 'scheduling'],
    meaning: 'many at once: rows per second inside the window',
  },
];
