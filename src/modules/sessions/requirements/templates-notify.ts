/** Messages and alarms, and work by the calendar. */
import { lowerFirst, plural, singular, withArticle } from '../brief/nouns.js';
import { byDefault, stated } from '../derivation/amount.js';
import type { Draft } from '../derivation/draft.js';
import type { Deadline } from '../derivation/facts.types.js';
import { channelsOf } from '../derivation/figures-messages.js';
import { forFirst, quoted, shall, type Template, triggered } from './template.js';

const notifyNeeds = (draft: Draft): string[] =>
  ['NOTIFY-EMAIL', 'NOTIFY-PUSH', 'NOTIFY-SMS'].flatMap((rule) => draft.facts.needs(rule).map((need) => need.id));

const atomic: Template = (draft) => {
  const { main, fleet } = draft.facts;
  const [need] = notifyNeeds(draft);
  if (!need || !main || main === draft.facts.flows.find((flow) => flow.shape === 'fleet' && fleet)) return;
  if (channelsOf(draft).length === 0) return;
  const channels = channelsOf(draft).join(' and ');
  draft.require({
    template: 'NOTIFY-ATOMIC',
    group: 'notify',
    from: [need, 'D:messageRate'],
    say: shall(
      draft,
      `commit ${main.one === 'sale' ? 'a sale' : `each ${main.one}`} and its ${channels} jobs in one database transaction`,
    ),
    test: { load: `the process killed between ${main.one} and message, 1,000 times`, passes: `jobs = ${main.noun}` },
  });
};

const drain: Template = (draft) => {
  const count = draft.figure('messageCount');
  const [need] = notifyNeeds(draft);
  if (!count || !need) return;
  const deadline = draft.facts.deadlines.find((one) => one.kind === 'notify');
  if (deadline) return;
  draft.require({
    template: 'NOTIFY-DRAIN',
    group: 'notify',
    from: [need, count.from],
    say: shall(
      draft,
      `have sent every message of a peak of`,
      { ...byDefault(10, '10'), from: `A:peakLength:${draft.facts.main?.noun ?? ''}` },
      `minutes within`,
      { value: 1_200, unit: 's', shown: '20 min', from: 'A:messageLimit' },
      'of its end',
    ),
    test: {
      load: `the messages of one peak, with a provider limited to ${draft.figure('drainRate')?.shown ?? 'its rate'}`,
      passes: 'the queue is empty 20 min after the peak',
    },
  });
};

function notifyDeadline(draft: Draft, deadline: Deadline): void {
  const within = stated(deadline.need, deadline.quantity);
  const what = singular(deadline.noun || 'message');
  draft.require({
    template: 'NOTIFY-DEADLINE',
    item: deadline.need.id,
    group: 'notify',
    from: [deadline.need.id, 'D:messageCount'],
    say: shall(
      draft,
      `hand each ${what} to its provider within`,
      within,
      'of the commit that causes it, also at the peak',
    ),
    test: {
      load: `the peak rate, and a provider limited to ${draft.figure('drainRate')?.shown ?? 'its contract'}`,
      passes: `no ${what} waits longer than ${within.shown}`,
    },
  });
}

function alarmDeadline(draft: Draft, deadline: Deadline): void {
  const within = stated(deadline.need, deadline.quantity);
  const thing = draft.facts.fleet ? singular(draft.facts.fleet.item) : 'event';
  draft.require({
    template: 'ALARM-DEADLINE',
    group: 'notify',
    from: [deadline.need.id, 'D:detection'],
    say: shall(draft, 'raise an alarm within', within, `of the receipt of the ${thing} that completes its condition`),
    test: {
      load: `a ${thing} above the limit among the steady load, 1,000 times`,
      passes: `every alarm within ${within.shown}`,
    },
  });
  const condition = deadline.need.quantities.find((q) => q.kind === 'duration' && q.qualifiers.includes('for'));
  draft.require({
    template: 'ALARM-STATE',
    group: 'notify',
    from: [deadline.need.id],
    say: condition
      ? shall(
          draft,
          `raise one alarm and no second one while a condition of`,
          stated(deadline.need, condition),
          'goes on',
        )
      : shall(draft, `raise one alarm and no second one while the condition of an alarm goes on`),
    test: {
      load: 'a value that stays above its limit for an hour, with gaps and repeated values',
      passes: 'one alarm',
    },
  });
  draft.ask({
    key: 'alarmEnd',
    text: `When does an alarm of ${deadline.need.id} end, who confirms it, and whom does it reach when nobody does?`,
    ifUnanswered: 'it ends with its condition, and nobody else is told',
    blocks: ['R:ALARM-STATE'],
  });
}

const deadlines: Template = (draft) => {
  for (const deadline of draft.facts.deadlines) {
    if (deadline.kind === 'notify') notifyDeadline(draft, deadline);
    if (deadline.kind === 'alarm') alarmDeadline(draft, deadline);
  }
};

const dispatch: Template = (draft) => {
  const need = draft.facts.needs('ALERT-1').find((one) => triggered(one, 'NOTIFY-SMS', 'NOTIFY-PUSH', 'NOTIFY-EMAIL'));
  const targets = need
    ? [...need.text.matchAll(/\bto\s+(?:the\s+)?([\p{L}-]+)/giu)].map((match) => match[1] ?? '')
    : [];
  const target = [...new Set(targets)].join(' and the ');
  if (!need || target === '') return;
  draft.require({
    template: 'ALARM-PROOF',
    group: 'notify',
    from: [need.id],
    say: shall(draft, `record for each alarm when it was handed to the ${target} and what the provider answered`),
    test: { load: 'a provider that refuses every second message', passes: 'each refusal is recorded and tried again' },
  });
};

/** Work by the calendar runs once per date, whatever happens to the process at that time. */
const calendar: Template = (draft) => {
  for (const need of draft.facts.needs('SCHEDULE-1')) {
    const when = need.triggers.find((trigger) => trigger.rule === 'SCHEDULE-1')?.words ?? 'date';
    const time = need.triggers.find((trigger) => trigger.rule === 'WINDOW-1')?.words;
    const atTime = time?.startsWith('at ') ? time : undefined;
    if (triggered(need, 'RETENTION-1', 'KEPT-1', 'SUBSCRIBE-1')) continue;
    const what = calendarSubject(need.text);
    draft.require({
      template: 'SCHEDULE-ONCE',
      item: need.id,
      group: 'notify',
      from: [need.id],
      say: shall(
        draft,
        `${calendarVerb(what)} the ${what}`,
        quoted([onceEvery(when), atTime].filter((part) => part).join(' '), need),
        'and not a second time after a restart',
      ),
      test: { load: `a restart during the ${what}, and one at its start`, passes: 'one result per date' },
    });
    askZone(draft, need.id, time ?? when);
  }
};

const calendarVerb = (what: string): string =>
  /file|feed|batch|import/iu.test(what) ? 'load' : /report|digest|summary/iu.test(what) ? 'send' : 'run';

/** `Every Monday`, `nightly` → `once every Monday`, `once every night`. */
function onceEvery(words: string): string {
  const adverbs: Readonly<Record<string, string>> = {
    nightly: 'night',
    daily: 'day',
    weekly: 'week',
    monthly: 'month',
    hourly: 'hour',
  };
  const unit = adverbs[words.toLowerCase()];
  return unit ? `once every ${unit}` : words.replace(/^(?:each|every)\s/iu, 'once every ');
}

const calendarSubject = (text: string): string => {
  const match =
    /((?:(?<![\p{L}-])[\p{L}-]+\s)?\b(?:report|batch|import|export|load|price file|file|summary|backup|digest|sync)s?)\b/iu.exec(
      text,
    )?.[1];
  return lowerFirst(match?.replace(/^(?:the|a|an|each|every|nightly|daily|weekly|by|of)\s/iu, '') ?? 'work');
};

function askZone(draft: Draft, need: string, words: string): void {
  draft.ask({
    key: 'zone',
    text: `In which time zone is "${words}" (${need}) meant, and what happens on the two days a year when the clock changes?`,
    ifUnanswered: 'UTC',
    blocks: [need],
  });
}

const readyBy: Template = (draft) => {
  for (const need of draft.facts.needs('WINDOW-1')) {
    const ready = /\b(?:by|before) (\d{1,2}:\d{2})/u.exec(need.text);
    if (!ready?.[1]) continue;
    draft.require({
      template: 'READY-BY',
      item: need.id,
      group: 'exchange',
      from: [need.id],
      say: shall(draft, `alert a person when the data of the day is not complete by`, quoted(ready[1], need)),
      test: {
        load: 'a source that answers an hour late',
        passes: `an alert at ${ready[1]}, and readers see from which day their figures are`,
      },
    });
    askZone(draft, need.id, ready[0]);
  }
};

/** `Reminders by SMS 24 hours before the appointment`. */
const reminder: Template = (draft) => {
  for (const need of draft.facts.read.needs) {
    const ahead = need.quantities.find((q) => q.kind === 'duration' && q.qualifiers.includes('before'));
    const event = /\bbefore\s+(?:the\s+|an?\s+|their\s+)?([\p{L}-]+)/iu.exec(need.text)?.[1];
    if (!ahead || !event || !/\bremind/iu.test(need.text)) continue;
    draft.require({
      template: 'REMINDER',
      item: need.id,
      group: 'notify',
      from: [need.id],
      say: shall(
        draft,
        'send one reminder',
        stated(need, ahead),
        `before each ${event} or at most`,
        byDefault(900, '15 min'),
        'later',
      ),
      test: {
        load: `${withArticle(event)} that is moved after its reminder was planned, and one that is cancelled`,
        passes: 'one reminder for the new time, none for the cancelled one',
      },
    });
  }
};

const consent = forFirst('CONSENT-1', (draft, need) => {
  draft.require({
    template: 'CONSENT-WITHDRAW',
    group: 'notify',
    from: [need.id],
    say: shall(
      draft,
      `send no further ${plural(/newsletter|offer|e-?mail|message/iu.exec(need.text)?.[0].toLowerCase() ?? 'message')} after the commit of a withdrawal`,
    ),
    test: {
      load: 'a withdrawal while a mailing runs',
      passes: 'no message of that mailing to that person after the commit',
    },
  });
});

export const NOTIFY_TEMPLATES: readonly Template[] = [
  atomic,
  drain,
  deadlines,
  dispatch,
  calendar,
  readyBy,
  reminder,
  consent,
];
