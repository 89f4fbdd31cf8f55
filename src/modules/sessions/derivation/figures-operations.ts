/** Running it: downtime that is allowed, systems that are away, and what one item may cost. */
import { plural, singular } from '../brief/nouns.js';
import { type Amount, stated } from './amount.js';
import type { Draft } from './draft.js';
import type { Flow, Stated } from './facts.types.js';
import { bare, dailyVolume, normalRate, peakRate } from './figures-load.js';
import { formatBytes, formatCount, formatDuration, formatNumber, formatRate } from './format.js';

const MONTH: Amount = { value: 2_592_000, unit: 's', shown: '30 days', from: 'unit' };

function errorBudget(draft: Draft, uptime: Stated): void {
  const target = stated(uptime.need, uptime.quantity);
  const budget = draft.derive({
    key: 'errorBudget',
    formula: 'ERROR-BUDGET',
    name: 'downtime that a month may have',
    inputs: { uptime: target, period: MONTH },
    working: `(100 % − ${target.shown}) × 30 days`,
    unit: 's',
    shown: formatDuration,
    consequence: '{R:UPTIME}; deployments and failovers are paid from it too',
  });
  const flow = draft.facts.main;
  if (!flow) return;
  const rate = peakRate(draft, flow);
  draft.derive({
    key: 'lostItems',
    formula: 'AMOUNT-IN',
    name: `${flow.noun} that meet a closed door if all of it falls into the busiest time`,
    inputs: { rate, duration: budget },
    working: `${bare(rate)} × ${formatCount(budget.value)} s`,
    unit: '',
    shown: formatCount,
    consequence: '{Q:worth}; a percentage of a month says nothing about when',
  });
  draft.ask({
    key: 'worth',
    text: `Is downtime in the busiest time of ${flow.noun} worth the same as at night? ${target.shown} allows ${budget.shown} a month at any time ({D:lostItems})`,
    ifUnanswered: 'it is counted alike',
    blocks: [uptime.need.id],
  });
}

/** A system of others is away: what piles up meanwhile. Devices have their own rule. */
function awayBacklog(draft: Draft, outage: Stated, flow: Flow): void {
  const rate = flow.shape === 'peak' ? peakRate(draft, flow) : normalRate(draft, flow);
  const duration = stated(outage.need, outage.quantity);
  const backlog = draft.derive({
    key: 'away',
    formula: 'AMOUNT-IN',
    name: `${flow.noun} that wait while the other system is away, at the busiest`,
    inputs: { rate, duration },
    working: `${formatNumber(rate.value)} /s × ${duration.shown}`,
    unit: '',
    shown: formatCount,
    consequence: '{R:AWAY-KEEP}; they are kept in the own database and not in memory',
  });
  const normal = flow.normal ? flow.normal.perSecond : rate.value;
  const accepts = Math.max(2 * normal, 1);
  const drain = draft.assume(
    {
      key: 'accepts',
      statement: `the other system accepts ${formatRate(accepts)} of ${flow.noun} when it is back`,
      unit: '/s',
      value: accepts,
      shown: formatNumber(accepts),
    },
    {
      key: 'accepts',
      text: `How many ${flow.noun} per second does the other system of ${outage.need.id} accept when it is back?`,
      ifUnanswered: '',
    },
  );
  const after: Amount = {
    value: normal,
    unit: '/s',
    shown: formatNumber(normal),
    from: (flow.normal ?? flow.peak).need.id,
  };
  draft.derive({
    key: 'awayDrain',
    formula: 'DRAIN-TIME',
    name: 'time until it has caught up',
    inputs: { backlog, drain, rate: after },
    working: `${backlog.shown} / (${drain.shown} − ${after.shown})`,
    unit: 's',
    shown: formatDuration,
    consequence: '{R:AWAY-KEEP}; a deadline on handing over cannot hold in this time ({Q:lateHandover})',
  });
  lateHandover(draft, outage);
}

function lateHandover(draft: Draft, outage: Stated): void {
  const deadline = draft.facts.deadlines.find((one) => one.kind === 'handover');
  if (!deadline) return;
  const within = stated(deadline.need, deadline.quantity).shown;
  draft.ask({
    key: 'lateHandover',
    text: `The other system may be away for ${stated(outage.need, outage.quantity).shown} (${outage.need.id}), yet it must be told within ${within} (${deadline.need.id}): does that deadline count only while it answers?`,
    ifUnanswered: 'it counts only while the other system answers',
    blocks: [deadline.need.id, outage.need.id],
  });
}

const isModelBudget = (one: Stated, draft: Draft): boolean =>
  draft.facts.needs('LLM-1').some((need) => need.pointer === one.need.pointer);

const monthly = (flow: Flow, perDay: Amount): { value: number; text: string } => ({
  value: perDay.value * 30,
  text: `${formatCount(perDay.value * 30)} ${flow.noun}`,
});

/** The monthly budget per thousand items: the figure by which a priced service is judged. */
function unitCost(draft: Draft, budget: Stated): void {
  const flow = draft.facts.main;
  if (
    !flow ||
    isModelBudget(budget, draft) ||
    !/month|hosting|cost|budget/iu.test(`${budget.need.text} ${budget.need.pointer}`)
  )
    return;
  const money = stated(budget.need, budget.quantity);
  const perDay = dailyVolume(draft, flow);
  const month = monthly(flow, perDay);
  const count: Amount = {
    value: month.value / 1_000,
    unit: '',
    shown: formatNumber(month.value / 1_000),
    from: `D:day:${flow.noun}`,
  };
  draft.derive({
    key: 'unitCost',
    formula: 'UNIT-COST',
    name: `budget per 1,000 ${flow.noun}, if it is a monthly one`,
    inputs: { money, count },
    working: `${money.shown} / (${month.text} / 1,000)`,
    unit: budget.quantity.written.unit,
    shown: (value) => `${formatNumber(value)} ${budget.quantity.written.unit}`,
    consequence: 'an upper limit for any service that is paid per item; above it the budget is gone on one service',
  });
}

const QUESTIONS_A_DAY = 5;

/** What one question to a language model may cost. */
function modelCost(draft: Draft): void {
  const budget = draft.facts.budgets.find((one) => isModelBudget(one, draft));
  const people = draft.facts.people[0];
  if (!budget || !people) return;
  const perMonth = people.quantity.value * QUESTIONS_A_DAY * 21;
  const who = plural(people.quantity.noun ?? 'users');
  const count = draft.assume(
    {
      key: 'questions',
      statement: `each of the ${formatCount(people.quantity.value)} ${who} asks ${QUESTIONS_A_DAY} questions on each of 21 working days`,
      unit: '/month',
      value: perMonth,
      shown: formatCount(perMonth),
    },
    {
      key: 'questions',
      text: `How many questions a day does one ${singular(who)} ask?`,
      ifUnanswered: '',
      blocks: ['llm-provider'],
    },
  );
  const money = stated(budget.need, budget.quantity);
  draft.derive({
    key: 'questionCost',
    formula: 'UNIT-COST',
    name: 'what one answer may cost',
    inputs: { money, count },
    working: `${money.shown} / ${count.shown}`,
    unit: budget.quantity.written.unit,
    shown: (value) => `${formatNumber(value)} ${budget.quantity.written.unit}`,
    consequence: '{R:MODEL-BUDGET}; it bounds the text that may be sent with a question',
  });
}

/** Rows that a search index or a read table has to hold in memory, from a stock the brief counts. */
function stockSize(draft: Draft): void {
  const need = draft.facts.need('SEARCH-FIELDS') ?? draft.facts.need('SEARCH-1');
  const quantity = need?.quantities.find((q) => q.kind === 'count' && q.value >= 1_000);
  if (!need || !quantity) return;
  const each = draft.assume(
    {
      key: 'rowSize',
      statement: `a row of what is searched is 1 kB, index included`,
      unit: 'B',
      value: 1_000,
      shown: '1 kB',
    },
    {
      key: 'rowSize',
      text: `How large is one of the ${formatCount(quantity.value)} ${quantity.noun ?? 'rows'} that are searched?`,
      ifUnanswered: '',
    },
  );
  const count = stated(need, quantity);
  draft.derive({
    key: 'searchBytes',
    formula: 'STORED-BYTES',
    name: `all ${quantity.noun ?? 'rows'} that are searched`,
    inputs: { count, size: each },
    working: `${count.shown} × 1 kB`,
    unit: 'B',
    shown: formatBytes,
    consequence:
      count.value * 1_000 < 2e9
        ? 'fits into the memory of one small server: volume is no reason for a search server'
        : 'larger than the memory of a small server: the index has to be measured',
  });
}

/** Uptime, absences of other systems, costs. */
export function operationFigures(draft: Draft): void {
  const { uptime, outages, main, fleet, budgets } = draft.facts;
  if (uptime) errorBudget(draft, uptime);
  const outage = outages[0];
  if (outage && main && !(fleet && main.shape === 'fleet')) awayBacklog(draft, outage, main);
  if (budgets[0]) unitCost(draft, budgets.find((one) => !isModelBudget(one, draft)) ?? budgets[0]);
  modelCost(draft);
  stockSize(draft);
}
