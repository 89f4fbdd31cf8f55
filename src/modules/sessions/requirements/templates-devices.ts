/** Devices and measurements. */
import { singular, withArticle } from '../brief/nouns.js';
import { byDefault, shownAs, stated } from '../derivation/amount.js';
import type { Draft } from '../derivation/draft.js';
import { formatCount, formatDuration, formatNumber } from '../derivation/format.js';
import { forFirst, shall, type Template, triggered } from './template.js';

const device = (draft: Draft): string => singular(draft.facts.fleet?.noun ?? 'devices');
const reading = (draft: Draft): string => singular(draft.facts.fleet?.item ?? 'messages');

const duplicate = forFirst('IDEMPOTENT-1', (draft, need) => {
  if (!draft.facts.fleet) return;
  draft.require({
    template: 'DEVICE-DUPLICATE',
    group: 'devices',
    from: [need.id],
    say: shall(draft, `store a ${reading(draft)} that arrives twice with the same ${device(draft)} and time once`),
    test: { load: `each ${reading(draft)} sent 3 times`, passes: 'one row each; averages unchanged' },
  });
});

const ordering = forFirst('ORDERING-1', (draft, need) => {
  const what = reading(draft);
  draft.require({
    template: 'DEVICE-ORDER',
    group: 'devices',
    from: [need.id],
    say: shall(
      draft,
      `give the same stored result for every order in which the ${what}s of one ${device(draft)} arrive`,
    ),
    test: { load: `one hour of ${what}s in 100 shuffled orders`, passes: 'equal rows, averages and alarms' },
  });
});

const silence: Template = (draft) => {
  const missed = draft.figure('missed');
  const need = draft.facts.need('SILENCE-1');
  const quantity = need?.quantities.find((q) => q.kind === 'duration');
  if (!missed || !need || !quantity) return;
  draft.require({
    template: 'SILENCE',
    group: 'devices',
    from: [need.id, missed.from],
    say: shall(
      draft,
      `show a ${device(draft)} as offline no later than`,
      byDefault(15, '15 s'),
      'after its',
      stated(need, quantity),
      'of silence have passed',
    ),
    test: {
      load: `1,000 ${device(draft)}s that fall silent at the same moment`,
      passes: 'all are shown as offline in time; none of the others is',
    },
  });
};

const buffering: Template = (draft) => {
  const buffered = draft.figure('buffered');
  const outage = draft.facts.outages[0];
  const drain = draft.figure('drain');
  if (!buffered || !outage) return;
  draft.require({
    template: 'BUFFER-DEVICE',
    group: 'devices',
    from: [outage.need.id],
    say: shall(
      draft,
      'accept',
      shownAs(buffered, formatCount(buffered.value)),
      `stored ${reading(draft)}s of one ${device(draft)} with their own times`,
    ),
    test: {
      load: `a ${device(draft)} that was away for ${stated(outage.need, outage.quantity).shown}`,
      passes: 'no gap and no second value in its history',
    },
  });
  if (!drain) return;
  draft.require({
    template: 'CATCH-UP',
    group: 'devices',
    from: [outage.need.id, 'D:catchUp'],
    say: shall(
      draft,
      'have stored a wave of',
      draft.figure('catchUp') ?? '',
      `late ${reading(draft)}s within`,
      shownAs(drain, formatDuration(drain.value)),
      'and delay no new one by more than',
      byDefault(5, '5 s'),
    ),
    test: {
      load: `the steady load, and ${draft.figure('catchUp')?.shown ?? ''} late ${reading(draft)}s at once`,
      passes: `the wave is in after ${formatDuration(drain.value)}; new ones are at most 5 s late`,
    },
  });
};

const aggregateLate: Template = (draft) => {
  const need = draft.facts.need('AGGREGATE-1');
  const { fleet } = draft.facts;
  if (!need || !fleet) return;
  const outage = draft.facts.outages[0];
  const words =
    /\b(?:hourly|daily|weekly|monthly)\s+(?:averages?|totals?|means|values)/iu.exec(need.text)?.[0].toLowerCase() ??
    'averages';
  draft.require({
    template: 'AGGREGATE-LATE',
    group: 'devices',
    from: [need.id, ...(outage ? [outage.need.id] : [])],
    say: outage
      ? shall(
          draft,
          `correct the ${words} of a ${device(draft)} when ${fleet.item} arrive up to`,
          stated(outage.need, outage.quantity),
          'late',
        )
      : shall(draft, `compute the ${words} of a ${device(draft)} from all ${fleet.item} stored for that time`),
    test: {
      load: `${fleet.item} that arrive after the ${words} were made`,
      passes: `the ${words} equal those made at once`,
    },
  });
};

const identity = forFirst('MQTT-1', (draft, need) => {
  const protocol = need.triggers.find((trigger) => trigger.rule === 'MQTT-1')?.words ?? 'MQTT';
  draft.require({
    template: 'DEVICE-IDENTITY',
    group: 'devices',
    from: [need.id],
    say: shall(
      draft,
      `refuse ${withArticle(protocol)} message whose ${device(draft)} is not the one of its connection`,
    ),
    test: { load: `a ${device(draft)} that sends under the id of another`, passes: 'refused and recorded' },
  });
  draft.ask({
    key: 'provision',
    text: `How does a new ${device(draft)} get its key, and how is the key of a stolen one withdrawn?`,
    ifUnanswered: `no ${device(draft)} can be trusted`,
    blocks: ['R:DEVICE-IDENTITY', 'secrets-config'],
  });
});

const firmware = forFirst('FIRMWARE-1', (draft, need) => {
  draft.require({
    template: 'FIRMWARE-STEPS',
    group: 'devices',
    from: [need.id, 'D:firmwareRate'],
    say: shall(
      draft,
      `stop a firmware roll-out when more than`,
      byDefault(0.01, '1 %'),
      `of the ${device(draft)}s of a step are silent`,
      byDefault(600, '10 min'),
      'after it',
    ),
    test: {
      load: 'a firmware that keeps every fiftieth device silent',
      passes: 'the roll-out stops in its first step',
    },
  });
});

const clock = forFirst('BUFFER-1', (draft, need) => {
  if (!draft.facts.fleet || !triggered(need, 'BUFFER-1')) return;
  draft.ask({
    key: 'clock',
    text: `Whose clock dates a stored ${reading(draft)} (${need.id}), and how wrong may the clock of a ${device(draft)} be after it was away?`,
    ifUnanswered: `the ${device(draft)}'s own`,
    blocks: ['R:DEVICE-ORDER', 'R:AGGREGATE-LATE'],
  });
});

const alarms: Template = (draft) => {
  const need = draft.facts.need('ALERT-1');
  const { fleet } = draft.facts;
  if (!need || !fleet) return;
  const people = draft.facts.people[0];
  const reader = people
    ? `${formatNumber(people.quantity.value)} ${people.quantity.noun ?? 'people'}`
    : 'the people on duty';
  draft.ask({
    key: 'alarmRate',
    text: `How many alarms a day are expected from ${formatCount(fleet.devices.value)} ${fleet.noun}, for ${reader}? One a day from each hundredth ${device(draft)} is ${formatCount(fleet.devices.value / 100)}`,
    ifUnanswered: 'no grouping of alarms is built',
    blocks: ['R:ALARM-STATE', need.id],
  });
};

export const DEVICE_TEMPLATES: readonly Template[] = [
  duplicate,
  ordering,
  silence,
  buffering,
  aggregateLate,
  identity,
  firmware,
  clock,
  alarms,
];
