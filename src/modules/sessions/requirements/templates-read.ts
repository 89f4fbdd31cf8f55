/** Reading: searches, dashboards, views, exports, figures and their definitions. */
import { plural, singular } from '../brief/nouns.js';
import { byDefault, stated } from '../derivation/amount.js';
import type { Draft } from '../derivation/draft.js';
import type { Deadline } from '../derivation/facts.types.js';
import { formatCount } from '../derivation/format.js';
import { nounAfter, quoted, shall, type Template } from './template.js';

const searchOmit: Template = (draft) => {
  const need = draft.facts.need('SEARCH-FIELDS') ?? draft.facts.need('SEARCH-1');
  if (!need || !draft.facts.has('MARKET-1')) return;
  draft.require({
    template: 'SEARCH-FRESH',
    group: 'read',
    from: [need.id],
    say: shall(
      draft,
      `omit a ticket from every search that starts after the commit of its ${draft.facts.main?.one ?? 'sale'}`.replace(
        'a ticket',
        `a ${traded(draft)}`,
      ),
    ),
    test: { load: 'a search right after each sale of the peak', passes: 'nothing sold is found' },
  });
};

const traded = (draft: Draft): string => {
  const noun = draft.facts.read.needs
    .map((need) => nounAfter(need, /\bresells?\b/iu))
    .find((found) => found !== undefined);
  return singular(noun?.split(' ').at(-1) ?? 'listing');
};

const isSearch = (deadline: Deadline): boolean => /search|results?/iu.test(deadline.need.text);

function readDeadline(draft: Draft, deadline: Deadline): void {
  const within = stated(deadline.need, deadline.quantity);
  if (deadline.object !== undefined) {
    viewDeadline(draft, deadline, deadline.object);
    return;
  }
  const search = isSearch(deadline);
  const thing = search ? 'search' : singular(deadline.noun || 'request');
  const verb = search ? 'answer' : 'show';
  const share = byDefault(95, '95 %');
  draft.require({
    template: search ? 'SEARCH-TIME' : 'READ-TIME',
    ...(search ? {} : { item: deadline.need.id }),
    group: 'read',
    from: [deadline.need.id, ...(search ? ['D:searchInFlight'] : [])],
    say: shall(draft, verb, share, `of the ${plural(thing)} of an hour within`, within, readMeasure(deadline)),
    test: { load: readLoad(draft, deadline), passes: `95 % within ${within.shown}` },
  });
}

function viewDeadline(draft: Draft, deadline: Deadline, object: string): void {
  const within = stated(deadline.need, deadline.quantity);
  draft.require({
    template: 'READ-TIME',
    item: deadline.need.id,
    group: 'read',
    from: [deadline.need.id],
    say: shall(
      draft,
      'show',
      quoted(object, deadline.need),
      'within',
      within,
      'of the click in',
      byDefault(95, '95 %'),
      'of the cases of an hour',
    ),
    test: { load: readLoad(draft, deadline), passes: `95 % within ${within.shown}` },
  });
}

const whom = (noun = 'people'): string => noun.replace(/^(?:concurrent|simultaneous)\s/iu, '');

const readers: Template = (draft) => {
  const { concurrent } = draft.facts;
  const stating = concurrent && !draft.figure('queries') ? stated(concurrent.need, concurrent.quantity) : undefined;
  const count = stating ?? draft.figure('readers');
  const people = stating ? concurrent : draft.facts.people[0];
  if (!count || !people) return;
  draft.require({
    template: 'READERS',
    group: 'read',
    from: [people.need.id, ...(stating ? [] : ['A:readers'])],
    say: shall(
      draft,
      'keep the response times of this section with',
      count,
      `${whom(people.quantity.noun)} at work at the same moment`,
    ),
    test: {
      load: `${count.shown} ${whom(people.quantity.noun)}, each with a click every 10 s`,
      passes: 'the limits of this section hold',
    },
  });
};

const readMeasure = (deadline: Deadline): string =>
  /dashboard|opens?|page|shows?/iu.test(deadline.need.text)
    ? 'of the click, measured in the browser'
    : 'of the request, measured at the service';

function readLoad(draft: Draft, deadline: Deadline): string {
  const people = draft.facts.concurrent;
  if (people && !isSearch(deadline))
    return `${formatCount(people.quantity.value)} people at the same time, on data of full size`;
  const main = draft.facts.main;
  return main
    ? `the busiest rate of ${main.noun} as background load, on data of full size`
    : 'data of full size, one reader and then ten';
}

const deadlines: Template = (draft) => {
  for (const deadline of draft.facts.deadlines) if (deadline.kind === 'read') readDeadline(draft, deadline);
};

const concurrent: Template = (draft) => {
  const queries = draft.figure('queries');
  const budget = draft.figure('queryBudget');
  const people = draft.facts.concurrent;
  if (!queries || !people) return;
  draft.require({
    template: 'READ-CONCURRENT',
    group: 'read',
    from: [people.need.id],
    say: shall(
      draft,
      'answer',
      queries,
      'queries of',
      stated(people.need, people.quantity),
      `${plural(people.quantity.noun ?? 'people')} that start together`,
    ),
    test: {
      load: `${queries.shown} queries started within one second`,
      passes: 'all are answered, none with an error',
    },
  });
  if (!budget) return;
  draft.require({
    template: 'QUERY-BUDGET',
    group: 'read',
    check: 'A',
    from: [people.need.id],
    say: shall(draft, 'spend at most', budget, 'of database time on one query of a chart'),
    test: { load: 'the plan and run time of each query on data of full size', passes: `none above ${budget.shown}` },
  });
};

const viewPoints: Template = (draft) => {
  const points = draft.figure('viewPoints');
  const need = draft.facts.need('HISTORY-1');
  if (!points || !need || points.value <= 2_000) return;
  const { fleet } = draft.facts;
  draft.require({
    template: 'VIEW-POINTS',
    group: 'read',
    from: [need.id, points.from],
    say: shall(
      draft,
      `send at most`,
      byDefault(2_000, '2,000'),
      `points per ${singular(fleet?.noun ?? 'series')} and view, each with minimum and maximum of the ${fleet?.item ?? 'values'} it stands for`,
    ),
    test: { load: `a view with one extreme among its ${points.shown} values`, passes: 'the extreme is visible' },
  });
};

function exportRequirement(draft: Draft, deadline: Deadline): void {
  const rows = deadline.need.quantities.find((q) => q.kind === 'count' && /rows?|lines?|records?/iu.test(q.noun ?? ''));
  const within = stated(deadline.need, deadline.quantity);
  if (!rows) return;
  draft.require({
    template: 'EXPORT-TIME',
    item: deadline.need.id,
    group: 'read',
    from: [deadline.need.id],
    say: shall(draft, 'deliver an export of', stated(deadline.need, rows), `${rows.noun ?? 'rows'} within`, within),
    test: {
      load: `five exports of ${stated(deadline.need, rows).shown} ${rows.noun ?? 'rows'} at the same time`,
      passes: `each within ${within.shown}`,
    },
  });
}

const exports: Template = (draft) => {
  for (const deadline of draft.facts.deadlines) if (deadline.kind === 'export') exportRequirement(draft, deadline);
  const need = draft.facts.need('EXPORT-1');
  if (!need) return;
  const what = nounAfter(need, /\bexport(?:s|ed)?(?:\s+of)?\b/iu);
  draft.require({
    template: 'EXPORT-MEMORY',
    group: 'read',
    from: [need.id],
    say: shall(
      draft,
      `raise its memory by at most`,
      byDefault(64e6, '64 MB'),
      `during an export of ${exported(draft, what)}`,
    ),
    test: { load: `the largest export of ${exported(draft, what)}`, passes: 'the process grows by less than 64 MB' },
  });
  draft.require({
    template: 'EXPORT-RIGHTS',
    group: 'read',
    from: [need.id, ...draft.facts.needs('ROW-SCOPE').map((other) => other.id)],
    say: shall(draft, `put into an export of ${exported(draft, what)} no row that its reader may not see on screen`),
    test: {
      load: `the same export of ${exported(draft, what)} by two people with different rights`,
      passes: 'each file holds the rows of its own reader',
    },
  });
};

const exported = (draft: Draft, what: string | undefined): string =>
  what && !/^(?:csv|excel|pdf|rows|file)/iu.test(what)
    ? what
    : (draft.facts.main?.noun ?? draft.facts.fleet?.item ?? 'figures');

const syncAge: Template = (draft) => {
  for (const need of draft.facts.needs('INTERVAL-2')) {
    const age = draft.figure(`age:${need.id}`);
    if (!age) continue;
    draft.require({
      template: 'SYNC-AGE',
      item: need.id,
      group: 'read',
      from: [need.id],
      say: shall(
        draft,
        'show the time of the newest',
        quoted(sourceOf(need.text), need),
        'data beside each figure made from it, and mark it when older than',
        age,
      ),
      test: { load: 'a run that is skipped', passes: 'the mark appears' },
    });
  }
};

/** The system a copy comes from, by its name in capitals. */
const sourceOf = (text: string): string => /\b[A-Z]{2}[\p{L}\d]*\b/u.exec(text)?.[0] ?? 'copied';

export const READ_TEMPLATES: readonly Template[] = [
  searchOmit,
  deadlines,
  readers,
  concurrent,
  viewPoints,
  exports,
  syncAge,
];
