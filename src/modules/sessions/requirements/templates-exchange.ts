/** Other systems and operation. */
import { withArticle } from '../brief/nouns.js';
import type { Need } from '../brief/brief.types.js';
import { byDefault, stated } from '../derivation/amount.js';
import type { Draft } from '../derivation/draft.js';
import type { Deadline } from '../derivation/facts.types.js';
import { batchNoun, forFirst, shall, type Template } from './template.js';

const item = (draft: Draft): string => draft.facts.main?.one ?? 'record';

/** The system of others in a need, as written: `ERP system`. */
const otherSystem = (text: string): string =>
  /\b(?:ERP|CRM|SAP|WMS|accounting|warehouse|carrier)(?:\s+(?:system|software|API))?\b/iu.exec(text)?.[0] ??
  'other system';

function handoverDeadline(draft: Draft, deadline: Deadline): void {
  const system = otherSystem(deadline.need.text);
  const within = stated(deadline.need, deadline.quantity);
  draft.require({
    template: 'HANDOVER-DEADLINE',
    item: deadline.need.id,
    group: 'exchange',
    from: [deadline.need.id],
    say: shall(
      draft,
      `call the ${system} about ${item(draft)} changes within`,
      within,
      'of their commit while it answers',
    ),
    test: {
      load: `the busiest rate, ${system} answering in half that time`,
      passes: `no call starts later than ${within.shown}`,
    },
  });
}

/** What a repeated call is about: the item when its sentence speaks of one, else the event. */
const hooked = (draft: Draft, text: string): string =>
  text.toLowerCase().includes(item(draft)) ? item(draft) : 'event';

const handover: Template = (draft) => {
  for (const deadline of draft.facts.deadlines) if (deadline.kind === 'handover') handoverDeadline(draft, deadline);
  const once = draft.facts.fleet ? undefined : (draft.facts.need('IDEMPOTENT-1') ?? draft.facts.need('WEBHOOK-1'));
  if (!once) return;
  const system = otherSystem(once.text);
  draft.require({
    template: 'HANDOVER-ONCE',
    group: 'exchange',
    from: [once.id],
    say: shall(
      draft,
      `send the same id with every attempt to tell the ${system} about one ${hooked(draft, once.text)}`,
    ),
    test: {
      load: 'the process killed between call and answer, 1,000 times',
      passes: `the ${system} sees one id per ${hooked(draft, once.text)}`,
    },
  });
};

const away: Template = (draft) => {
  const backlog = draft.figure('away');
  const outage = draft.facts.outages[0];
  if (!backlog || !outage) return;
  const system = otherSystem(outage.need.text);
  draft.require({
    template: 'AWAY-KEEP',
    group: 'exchange',
    from: [outage.need.id],
    say: shall(
      draft,
      'keep at least',
      backlog,
      `${draft.facts.main?.noun ?? 'messages'} for ${withArticle(system)} that is away for`,
      stated(outage.need, outage.quantity),
      'and send each of those in order of commit',
    ),
    test: {
      load: `the ${system} away for ${stated(outage.need, outage.quantity).shown}, the process restarted meanwhile`,
      passes: 'all arrive, in order, none twice',
    },
  });
};

/** `it is imported within 20 minutes` speaks of the file in the clause before it. */
const batchSource = (draft: Draft, need: Need): Need =>
  /^(?:it|they|this)\b/iu.test(need.text)
    ? (draft.facts.read.needs.find(
        (other) => other.pointer === need.pointer && other.quantities.some((q) => q.kind === 'count'),
      ) ?? need)
    : need;

function batchTime(draft: Draft, deadline: Deadline): void {
  const figure = draft.figure(`batch:${deadline.need.id}`);
  if (!figure) return;
  const within = stated(deadline.need, deadline.quantity);
  const what = batchNoun(batchSource(draft, deadline.need));
  const source = draft.derived.get(`batch:${deadline.need.id}`)?.inputs.find((input) => input.name === 'rows')?.amount;
  if (!source) return;
  draft.require({
    template: 'BATCH-TIME',
    item: deadline.need.id,
    group: 'exchange',
    from: [deadline.need.id, figure.from],
    say: shall(draft, `finish the load of ${withArticle(what)} of`, source, 'rows within', within),
    test: {
      load: `${withArticle(what)} of ${source.shown} rows into tables of full size, readers at work`,
      passes: `done within ${within.shown}`,
    },
  });
  draft.require({
    template: 'BATCH-WHOLE',
    item: deadline.need.id,
    group: 'exchange',
    from: [deadline.need.id],
    say: shall(draft, `show readers either all or none of ${withArticle(what)}`),
    test: {
      load: `the process killed in the middle of ${withArticle(what)}`,
      passes: 'readers see the state before it',
    },
  });
}

const batches: Template = (draft) => {
  for (const deadline of draft.facts.deadlines) if (deadline.kind === 'batch') batchTime(draft, deadline);
};

const uptime: Template = (draft) => {
  const target = draft.facts.uptime;
  const budget = draft.figure('errorBudget');
  if (!target || !budget) {
    const service = draft.facts.system;
    draft.ask({
      key: 'availability',
      text: `Availability target, recovery time and tolerated data loss of the ${service}? None is stated, so none is written here`,
      ifUnanswered: 'the gap stays open',
      blocks: ['iac-hosting'],
    });
    return;
  }
  draft.require({
    template: 'UPTIME',
    group: 'operate',
    from: [target.need.id],
    say: shall(
      draft,
      `answer an outside check of one ${item(draft)} in`,
      stated(target.need, target.quantity),
      'of the minutes of a month, that is with at most',
      budget,
      'of failure',
    ),
    test: {
      load: 'one outside check a minute for a month, deployments included',
      passes: `at most ${budget.shown} of failed checks`,
    },
  });
  draft.ask({
    key: 'recovery',
    text: `How long may recovery of the ${draft.facts.system} take and how much data may be lost? ${target.need.id} states neither`,
    ifUnanswered: 'no limit is written',
    blocks: ['iac-hosting', 'R:UPTIME'],
  });
};

const model = forFirst('LLM-1', (draft, need) => {
  const cost = draft.figure('questionCost');
  const budget = draft.facts.budgets.find((one) => one.need.pointer === need.pointer);
  if (cost && budget) {
    draft.require({
      template: 'MODEL-BUDGET',
      group: 'operate',
      from: [need.id, budget.need.id, cost.from],
      say: shall(
        draft,
        'refuse a question to the language model when the calls of the month have cost',
        stated(budget.need, budget.quantity),
      ),
      test: {
        load: 'a price list that makes the next question exceed the budget',
        passes: 'refused before the call, with the date of the next month',
      },
    });
  }
  const figures = /question|figures?|data|quer(?:y|ies)/iu.test(need.text);
  draft.require({
    template: figures ? 'MODEL-FIGURES' : 'MODEL-MARKED',
    group: 'operate',
    from: [need.id],
    say: figures
      ? shall(draft, 'show under each answer of the language model the query whose result it repeats')
      : shall(draft, 'mark each text of the language model as such until a person has accepted it'),
    test: figures
      ? {
          load: '100 questions with a known figure',
          passes: 'every figure in an answer is a field of the shown result',
        }
      : {
          load: 'a text of the model that nobody has looked at',
          passes: 'it carries the mark on every screen and interface',
        },
  });
  draft.ask({
    key: 'modelWrong',
    text: `What share of wrong texts of the language model (${need.id}) is tolerable, measured on which examples?`,
    ifUnanswered: 'answers are marked as unchecked',
    blocks: ['R:MODEL-FIGURES', 'R:MODEL-MARKED', 'llm-provider'],
  });
});

const rateLimit = forFirst('LIMIT-1', (draft, need) => {
  const rate = need.quantities.find((q) => q.kind === 'rate');
  if (!rate) return;
  const unit = rate.written.unit.slice(1).replace(/s$/u, '').replace(/^min$/u, 'minute').replace(/^$/u, 'second');
  const who = /\bper\s+(key|user|customer|tenant|client|address|IP)\b/iu.exec(need.text)?.[1] ?? 'caller';
  draft.require({
    template: 'RATE-LIMIT',
    group: 'exchange',
    from: [need.id],
    say: shall(
      draft,
      `refuse what one ${who} sends beyond`,
      stated(need, rate),
      `${rate.noun ?? 'requests'} per ${unit} and say when to try again`,
    ),
    test: {
      load: `two processes, one ${who}, twice the limit`,
      passes: 'half is refused with a time; no other caller is slowed',
    },
  });
});

const budget = forFirst('BUDGET-1', (draft, need) => {
  const money = need.quantities.find((q) => q.kind === 'money');
  if (!money || draft.facts.needs('LLM-1').some((other) => other.pointer === need.pointer)) return;
  draft.require({
    template: 'COST-ALERT',
    group: 'operate',
    from: [need.id],
    say: shall(
      draft,
      'alert a person when the running costs of a month pass',
      byDefault(0.8, '80 %'),
      'of',
      stated(need, money),
    ),
    test: { load: 'a bill of that height fed in', passes: 'one alert' },
  });
});

export const EXCHANGE_TEMPLATES: readonly Template[] = [handover, away, batches, rateLimit, uptime, model, budget];
