/** The main work: rates, uniqueness, calls with a deadline, holds. */
import { plural, singular, withArticle } from '../brief/nouns.js';
import { type Amount, byDefault, shownAs, stated } from '../derivation/amount.js';
import type { Draft } from '../derivation/draft.js';
import type { Deadline, Flow } from '../derivation/facts.types.js';
import { isCall, lockBudget, operationKey } from '../derivation/figures-work.js';
import { formatCount, formatNumber } from '../derivation/format.js';
import { nounAfter, shall, subjectOf, type Template } from './template.js';

const UNIT_NAMES: Readonly<Record<string, string>> = {
  '/s': 'second',
  '/min': 'minute',
  '/h': 'hour',
  '/days': 'day',
  '/weeks': 'week',
  '/months': 'month',
};

function peakStatement(draft: Draft, flow: Flow): void {
  const amount = stated(flow.peak.need, flow.peak.quantity);
  const unit = UNIT_NAMES[flow.peak.quantity.written.unit] ?? 'minute';
  const minutes: Amount = {
    value: 10,
    unit: '',
    shown: unit === 'minute' ? '10' : '600',
    from: `A:peakLength:${flow.noun}`,
  };
  const hot = draft.facts.has('HOT-1') && draft.facts.has('MARKET-1') ? ' for one event' : '';
  const repeat =
    unit === 'minute'
      ? [`in each of`, minutes, `consecutive minutes${hot}`]
      : [`per ${unit} for`, byDefault(10, '10 min')];
  draft.require({
    template: 'RATE-SUSTAIN',
    item: flow.noun,
    group: 'flow',
    from: [flow.peak.need.id, `D:rate:${flow.noun}`],
    say: shall(draft, 'complete', amount, flow.noun, ...repeat),
    test: {
      load: `${amount.shown} ${flow.noun} per ${unit} for 10 min${hot}`,
      passes: `all ${flow.noun} completed, none lost, none twice`,
    },
  });
}

/** `store 1,667 readings per second` for a fleet, `complete 300 orders per hour` where the brief gives a day only. */
function steadyRate(draft: Draft, flow: Flow): { verb: string; rate: Amount; time: string } {
  const figure = draft.figure(`rate:${flow.noun}`);
  if (flow.shape === 'fleet' && figure)
    return { verb: 'store', rate: shownAs(figure, formatNumber(figure.value)), time: 'second' };
  if (flow.shape === 'daily' && figure) {
    return { verb: 'complete', rate: shownAs(figure, formatCount(figure.value * 3_600)), time: 'hour' };
  }
  const { need, quantity } = flow.peak;
  return { verb: 'complete', rate: stated(need, quantity), time: UNIT_NAMES[quantity.written.unit] ?? 'second' };
}

function steadyStatement(draft: Draft, flow: Flow): void {
  const { verb, rate, time } = steadyRate(draft, flow);
  const length = flow.shape === 'daily' ? [] : ['for', byDefault(24, '24 h')];
  draft.require({
    template: 'RATE-SUSTAIN',
    item: flow.noun,
    group: 'flow',
    from: [flow.peak.need.id, `D:rate:${flow.noun}`],
    say: shall(draft, verb, rate, flow.noun, `per ${time}`, ...length, 'and lose none'),
    test: {
      load: `${rate.shown} ${flow.noun} per ${time} from a generator that numbers them`,
      passes: `every number is found once`,
    },
  });
}

const rates: Template = (draft) => {
  for (const flow of draft.facts.flows.slice(0, 4)) {
    if (flow.shape === 'peak') peakStatement(draft, flow);
    else steadyStatement(draft, flow);
  }
};

/** `never sold twice`, `double-booked`: the verb of the brief. */
function takeVerb(text: string): string {
  const word = /\b(?:sold|book|bill|charg|count|sent)/iu.exec(text)?.[0].toLowerCase() ?? 'sold';
  const verbs: Readonly<Record<string, string>> = { sold: 'sell', charg: 'charge', sent: 'send' };
  return verbs[word] ?? word;
}

/** What must not be sold twice: the words of the brief, else the thing a market trades. */
const atMostOnce: Template = (draft) => {
  const { facts } = draft;
  const need = facts.need('UNIQUE-1') ?? facts.need('MARKET-1');
  if (!need) return;
  const subject = facts.has('UNIQUE-1') ? subjectOf(need) : undefined;
  const traded = facts.read.needs
    .map((other) => nounAfter(other, /\b(?:resells?)\b/iu))
    .find((noun) => noun !== undefined);
  const thing = subject === 'stock' ? 'unit of stock' : singular(subject ?? traded?.split(' ').at(-1) ?? 'item');
  draft.require({
    template: 'AT-MOST-ONCE',
    group: 'flow',
    from: [need.id, ...(facts.main ? [facts.main.peak.need.id] : [])],
    say: shall(draft, `${takeVerb(need.text)} each ${thing} at most once`),
    test: {
      load: `200 buyers for each of 100 ${plural(thing.replace(/ of .*/su, ''))}, at the same time`,
      passes: '100 succeed, none twice',
    },
  });
};

const lock: Template = (draft) => {
  const budget = lockBudget(draft);
  const { main } = draft.facts;
  if (!budget || !main) return;
  draft.require({
    template: 'LOCK-BUDGET',
    group: 'flow',
    from: [main.peak.need.id, 'D:lock'],
    say: shall(
      draft,
      `hold a lock that the ${main.noun} of one ${draft.facts.has('MARKET-1') ? 'event' : 'item'} share for at most`,
      budget,
      'at the',
      byDefault(99, '99th'),
      'percentile',
    ),
    test: { load: `the peak of ${main.noun} on one event`, passes: `99 % of the locks end within ${budget.shown}` },
  });
};

/** The verdicts of a check, when the operation is one; other operations end or fail. */
const isVerdict = (noun: string): boolean => /check|validation|verification|screening|scoring|approval/iu.test(noun);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function deadlineStatement(draft: Draft, deadline: Deadline): void {
  const key = operationKey(deadline);
  const thing = singular(deadline.noun || 'request');
  const within = stated(deadline.need, deadline.quantity);
  const end = isVerdict(thing)
    ? `end each ${thing} with accept, refuse or timed-out within`
    : `finish each ${thing} within`;
  draft.require({
    template: 'CALL-DEADLINE',
    item: key,
    group: 'flow',
    from: [deadline.need.id],
    say: shall(draft, end, within, 'of its start'),
    test: {
      load: `a ${thing} whose other side never answers`,
      passes: `each ends after ${within.shown} at the latest; the pool has idle connections throughout`,
    },
  });
  if (!isCall(thing)) {
    draft.ask({
      key: `timeout:${key}`,
      text: `${capital(withArticle(thing))} is not there after ${within.shown} (${deadline.need.id}): who is told, and may it be made a second time?`,
      ifUnanswered: 'nobody is told',
      blocks: [`R:CALL-DEADLINE#${key}`],
    });
    return;
  }
  draft.ask({
    key: `timeout:${key}`,
    text: `${capital(withArticle(thing))} takes longer than ${within.shown}: go on, refuse or hold? Who performs it, and before or after which step?`,
    ifUnanswered: 'refuse',
  });
  draft.require({
    template: 'CALL-OUTCOME',
    item: key,
    group: 'flow',
    from: [deadline.need.id, `Q:timeout:${key}`],
    say: shall(draft, `apply one configured outcome to every ${thing} that timed out`),
    test: {
      load: `${plural(thing)} that time out while others succeed`,
      passes: 'each timed-out one has the configured outcome',
    },
  });
}

const calls: Template = (draft) => {
  for (const deadline of draft.facts.deadlines.filter((other) => other.kind === 'check')) {
    const key = operationKey(deadline);
    const thing = singular(deadline.noun || 'request');
    const inFlight = draft.figure(`inFlight:${key}`);
    const cap = draft.figure(`poolCap:${key}`);
    if (cap) {
      draft.require({
        template: 'NO-TX-CALL',
        item: key,
        group: 'flow',
        from: [deadline.need.id, cap.from],
        say: shall(draft, `hold no database transaction open during ${withArticle(thing)}`),
        test: {
          load: `${plural(thing)} that take their full time at the peak rate`,
          passes: 'no transaction is idle while one is under way',
        },
      });
    }
    if (inFlight && inFlight.value >= 2) {
      draft.require({
        template: 'IN-FLIGHT',
        item: key,
        group: 'flow',
        from: [deadline.need.id],
        say: shall(
          draft,
          isCall(thing) ? 'run at least' : 'work on at least',
          shownAs(inFlight, formatCount(Math.ceil(inFlight.value))),
          plural(thing),
          'at the same time',
        ),
        test: {
          load: `a stub that answers each ${thing} just before its deadline, at the peak rate`,
          passes: 'none is refused for lack of capacity',
        },
      });
    }
    deadlineStatement(draft, deadline);
  }
};

const lockOrder: Template = (draft) => {
  const parts = draft.figure('parts');
  const { main } = draft.facts;
  const need = draft.facts.parts[0]?.need;
  const noun = draft.facts.parts[0]?.quantity.noun;
  if (!parts || !main || !need || !noun) return;
  draft.require({
    template: 'LOCK-ORDER',
    group: 'flow',
    from: [need.id, parts.from],
    say: shall(draft, `lock the stock of the ${noun} of ${withArticle(main.one)} in one fixed sequence`),
    test: {
      load: `pairs of ${main.noun} with the same two ${noun} in opposite sequence, at ${parts.shown}`,
      passes: 'no deadlock is reported',
    },
  });
};

const holds: Template = (draft) => {
  const hold = draft.facts.holds[0];
  const held = draft.figure('held');
  const { main } = draft.facts;
  if (!held || !main) return;
  if (!hold) {
    const payment = draft.facts.need('PAY-1');
    releaseAfter(draft, main, 'item', { value: 120, unit: 's', shown: '120 s', from: 'A:hold' }, [
      ...(payment ? [payment.id] : []),
      'Q:hold',
    ]);
    return;
  }
  const thing = nounAfter(hold.need, /\b(?:reserves?|holds?|locks?)\b/iu) ?? subjectOf(hold.need) ?? 'item';
  const time = stated(hold.need, hold.quantity);
  releaseAfter(draft, main, thing, time, [hold.need.id]);
  if (!draft.facts.has('PAY-1')) return;
  draft.ask({
    key: 'lateMoney',
    text: `Money for ${main.noun} arrives after the ${time.shown} of ${hold.need.id}: is it refunded, or is the ${thing} taken again if there is any?`,
    ifUnanswered: 'refunded',
    blocks: ['R:HOLD-RELEASE', 'payments'],
  });
};

const paid = (draft: Draft): string => (draft.facts.has('PAY-1') ? 'unpaid' : 'unconfirmed');

function releaseAfter(draft: Draft, main: Flow, thing: string, time: Amount, from: readonly string[]): void {
  draft.require({
    template: 'HOLD-RELEASE',
    group: 'flow',
    from: [...from, 'D:held'],
    say: shall(draft, `release the ${thing} of an ${paid(draft)} ${main.one}`, time, 'after it was reserved'),
    test: {
      load: `${draft.figure('held')?.shown ?? ''} ${paid(draft)} ${main.noun} at once`,
      passes: `each ${thing} is on offer again after ${time.shown}`,
    },
  });
}

const noRate: Template = (draft) => {
  const { flows, concurrent, people, read } = draft.facts;
  if (flows.length > 0 || concurrent || people.length > 0) return;
  draft.ask({
    key: 'load',
    text: 'How many people use it, and how many requests or items arrive in the busiest minute and on a normal day? The brief has no rate and no number of people',
    ifUnanswered: 'nothing is sized, and no quantity is derived',
    blocks: read.needs.slice(0, 1).map((need) => need.id),
  });
};

export const FLOW_TEMPLATES: readonly Template[] = [rates, atMostOnce, calls, lock, lockOrder, holds, noRate];
