/** Reading and moving data: queries of a dashboard, searches, exports, batches and the age of copies. */
import { lowerFirst, singular, withArticle } from '../brief/nouns.js';
import type { Need, Quantity } from '../brief/brief.types.js';
import { type Amount, stated } from './amount.js';
import type { Draft } from './draft.js';
import { batchConsequence } from './batch-consequence.js';
import type { Deadline } from './facts.types.js';
import { bare, peakRate } from './figures-load.js';
import { isTrade } from './figures-work.js';
import { formatCount, formatDuration, formatNumber, formatRate } from './format.js';

const SEARCHES = 20;
const POOL = 10;

const isCharts = (q: Quantity): boolean =>
  q.kind === 'count' && /charts?|tiles?|graphs?|widgets?|queries/iu.test(q.noun ?? '');
const isRows = (q: Quantity): boolean =>
  q.kind === 'count' && /rows?|records?|lines?|products?|articles?|entries|items?/iu.test(q.noun ?? '');

function near(
  draft: Draft,
  deadline: Deadline,
  test: (q: Quantity) => boolean,
): { need: Need; quantity: Quantity } | undefined {
  const own = deadline.need.quantities.find(test);
  if (own) return { need: deadline.need, quantity: own };
  // The clauses of one entry of the brief belong together: `… a file of 200,000 rows; it is loaded within 2 hours`.
  for (const need of draft.facts.read.needs) {
    const quantity = need.pointer === deadline.need.pointer ? need.quantities.find(test) : undefined;
    if (quantity) return { need, quantity };
  }
  return undefined;
}

/** People at the same time × queries per page, and what one query may take when the pool is the limit. */
function dashboards(draft: Draft, deadline: Deadline): void {
  const { concurrent } = draft.facts;
  const charts = near(draft, deadline, isCharts);
  if (!concurrent || !charts || draft.figure('queries')) return;
  const count = stated(concurrent.need, concurrent.quantity);
  const each = stated(charts.need, charts.quantity);
  const queries = draft.derive({
    key: 'queries',
    formula: 'PRODUCT',
    name: `queries when all of them open ${withArticle(singular(deadline.noun || 'page'))} at once`,
    inputs: { count, each },
    working: `${count.shown} × ${each.shown}`,
    unit: '',
    shown: formatCount,
    consequence: '{R:READ-CONCURRENT}',
  });
  const pool = draft.assume(
    {
      key: 'pool',
      statement: `a process has ${POOL} database connections, the default of common drivers`,
      unit: '',
      value: POOL,
      shown: String(POOL),
    },
    {
      key: 'pool',
      text: 'How many database connections may one process open, and how many does the server allow?',
      ifUnanswered: '',
    },
  );
  const within = stated(deadline.need, deadline.quantity);
  draft.derive({
    key: 'queryBudget',
    formula: 'QUERY-BUDGET',
    name: `time one query may take when all of them wait for one pool`,
    inputs: { pool, deadline: within, queries },
    working: `${POOL} × ${within.shown} / ${queries.shown}`,
    unit: 's',
    shown: formatDuration,
    consequence: `{R:QUERY-BUDGET}; the ${within.shown} of the brief are no time budget for a query over raw rows: prepared totals or one query per page`,
  });
}

/** Without a trade there is no default for searches per item: only the question. */
function askSearches(draft: Draft, deadline: Deadline): void {
  draft.ask({
    key: 'searches',
    text: `How many searches per second does the busiest hour have? ${deadline.need.id} gives their deadline and not their rate`,
    ifUnanswered: 'nothing is sized for them',
    blocks: ['R:SEARCH-TIME', 'search-engine'],
  });
}

/** Searches go before sales: their rate is asked for, and supposed meanwhile. */
function searches(draft: Draft, deadline: Deadline): void {
  const { main } = draft.facts;
  if (!main || !/search|results?/iu.test(deadline.need.text)) return;
  if (!isTrade(main.noun)) {
    askSearches(draft, deadline);
    return;
  }
  const peak = peakRate(draft, main);
  const rate = draft.assume(
    {
      key: 'searches',
      statement: `people search ${SEARCHES} times for each ${main.one}`,
      unit: '/s',
      value: peak.value * SEARCHES,
      shown: formatNumber(peak.value * SEARCHES),
    },
    {
      key: 'searches',
      text: `How many searches per ${main.one} are there? The brief gives their deadline and not their rate`,
      ifUnanswered: '',
    },
  );
  const time = stated(deadline.need, deadline.quantity);
  draft.derive({
    key: 'searchInFlight',
    formula: 'LITTLE-INFLIGHT',
    name: 'searches under way at once',
    inputs: { rate, time },
    working: `Little: ${bare(peak)} × ${SEARCHES} × ${time.shown}`,
    unit: '',
    shown: formatCount,
    consequence: '{R:SEARCH-TIME}; these connections come on top of those of writing',
  });
}

function throughput(draft: Draft, deadline: Deadline): void {
  const rows = near(draft, deadline, isRows);
  if (!rows || rows.quantity.value < 1_000) return;
  const amount: Amount = stated(rows.need, rows.quantity);
  const window = stated(deadline.need, deadline.quantity);
  const key = deadline.need.id;
  const verb = deadline.kind === 'export' ? 'export' : 'load';
  draft.derive({
    key: `batch:${key}`,
    formula: 'BATCH-RATE',
    name: `${rows.quantity.noun ?? 'rows'} per second of the ${verb}`,
    inputs: { rows: amount, window },
    working: `${amount.shown} / ${window.shown}`,
    unit: '/s',
    shown: formatRate,
    consequence: batchConsequence(deadline, amount.value / window.value, key),
  });
}

/** A copy that is refreshed every so often is older than its period just before the next run ends. */
function freshness(draft: Draft): void {
  for (const need of draft.facts.needs('INTERVAL-2')) {
    const every = need.quantities.find((q) => q.kind === 'duration' && q.qualifiers.includes('every'));
    if (!every || need === draft.facts.fleet?.need) continue;
    const first = stated(need, every);
    const run = every.value / 5;
    const second = draft.assume(
      {
        key: `run:${need.id}`,
        statement: `one run of ${need.id} takes a fifth of its period`,
        unit: 's',
        value: run,
        shown: formatDuration(run),
      },
      {
        key: `run:${need.id}`,
        text: `How long does one run of "${lowerFirst(need.text)}" take, and what happens to the next when it takes longer?`,
        ifUnanswered: 'the next run is skipped',
      },
    );
    draft.derive({
      key: `age:${need.id}`,
      formula: 'SUM',
      name: `oldest that data of ${need.id} can be`,
      inputs: { first, second, third: { value: 0, unit: 's', shown: '0', from: 'unit' } },
      working: `${first.shown} + ${second.shown}`,
      unit: 's',
      shown: formatDuration,
      consequence: `{R:SYNC-AGE#${need.id}}; not the ${first.shown} that the brief suggests`,
    });
  }
}

/** A batch a day over the years that must stay readable. */
function history(draft: Draft): void {
  const keep = draft.facts.retentions.find((one) => one.kind === 'keep' && /history/iu.test(one.object));
  const need = draft.facts.needs('SCHEDULE-1').find((one) => one.quantities.some((q) => isRows(q) && q.value >= 1_000));
  const rows = need?.quantities.find(isRows);
  if (!keep || !need || !rows || !/night|daily|every day|each day/iu.test(need.text)) return;
  const perDay = draft.assume(
    {
      key: 'batchAdds',
      statement: `each batch of ${need.id} adds its rows and is no full copy`,
      unit: '/s',
      value: rows.value / 86_400,
      shown: stated(need, rows).shown,
    },
    {
      key: 'batchAdds',
      text: `Does each batch of ${need.id} add rows, change old ones, or replace all?`,
      ifUnanswered: '',
    },
  );
  const kept = stated(keep.need, keep.quantity);
  draft.derive({
    key: 'history',
    formula: 'RETAINED-STOCK',
    name: 'rows of history that charts read',
    inputs: { rate: perDay, before: { value: 0, unit: 's', shown: '0', from: 'unit' }, kept },
    working: `${perDay.shown} a night × ${formatCount(kept.value / 86_400)} days`,
    unit: '',
    shown: formatCount,
    consequence: `{R:RETAIN-KEEP#${keep.need.id}:${keep.object}}; no chart can read them within its time: totals per day are prepared by the load`,
  });
}

/** Work that must be ready at a time of day has a latest start. */
function latestStart(draft: Draft): void {
  for (const need of draft.facts.needs('WINDOW-1')) {
    const [, hour, minute] = /\b(?:by|before) (\d{1,2}):(\d{2})/u.exec(need.text) ?? [];
    const window = need.quantities.find((q) => q.kind === 'duration' && q.qualifiers.includes('within'));
    if (!hour || !minute || !window) continue;
    const ready: Amount = {
      value: Number(hour) * 3_600 + Number(minute) * 60,
      unit: 's',
      shown: `${hour}:${minute}`,
      from: need.id,
    };
    const span = stated(need, window);
    const retry = clockTime(ready.value - 2 * span.value);
    draft.derive({
      key: `start:${need.id}`,
      formula: 'LATEST-START',
      name: `latest start of the work of ${need.id}`,
      inputs: { ready, window: span },
      working: `${ready.shown} − ${span.shown}`,
      unit: 's',
      shown: clockTime,
      consequence: `{R:READY-BY#${need.id}}; for one more try after a failure at the end it must start by ${retry}: does the source have its data by then?`,
    });
  }
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** Seconds of the day as `04:30`; times before midnight wrap around. */
function clockTime(seconds: number): string {
  const minutes = Math.floor((((seconds % 86_400) + 86_400) % 86_400) / 60);
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

/** Without a figure for people at the same time, a tenth of those counted: asked, and used for reading only. */
function readers(draft: Draft): void {
  const people = draft.facts.people[0];
  const reads = draft.facts.deadlines.some((one) => one.kind === 'read');
  if (draft.facts.concurrent || !people || !reads) return;
  const noun = people.quantity.noun ?? 'people';
  const share = draft.assume(
    {
      key: 'readers',
      statement: `a tenth of the ${formatCount(people.quantity.value)} ${noun} use it at the same moment`,
      unit: '',
      value: 0.1,
      shown: '0.1',
    },
    {
      key: 'readers',
      text: `How many of the ${formatCount(people.quantity.value)} ${noun} (${people.need.id}) use it at the same moment?`,
      ifUnanswered: '',
    },
  );
  const count = stated(people.need, people.quantity);
  draft.derive({
    key: 'readers',
    formula: 'PRODUCT',
    name: `${noun} at the same moment`,
    inputs: { count, each: share },
    working: `${count.shown} × 0.1`,
    unit: '',
    shown: formatCount,
    consequence: '{R:READERS}',
  });
}

/** Dashboards, searches, exports, batches, copies. */
export function readFigures(draft: Draft): void {
  for (const deadline of draft.facts.deadlines) {
    if (deadline.kind === 'read') {
      dashboards(draft, deadline);
      searches(draft, deadline);
    }
    if (deadline.kind === 'export' || deadline.kind === 'batch') throughput(draft, deadline);
  }
  freshness(draft);
  history(draft);
  latestStart(draft);
  readers(draft);
}
