/** Fleets: what an outage stores up, what silence means, how late an alarm really is, how many points a view has. */
import { singular } from '../brief/nouns.js';
import { type Amount, stated } from './amount.js';
import type { Draft } from './draft.js';
import type { Fleet } from './facts.types.js';
import { bare, peakRate } from './figures-load.js';
import { formatBytes, formatCount, formatDuration, formatNumber } from './format.js';

const RETURN_SHARE = 0.05;
const HEADROOM = 2;

const intervalOf = (fleet: Fleet): Amount => stated(fleet.need, fleet.interval);

/** Readings one device stores while it is away, and the wave when a part of the fleet returns together. */
function catchUp(draft: Draft, fleet: Fleet): void {
  const outage = draft.facts.outages[0];
  const flow = draft.facts.flows.find((one) => one.shape === 'fleet');
  if (!outage || !flow) return;
  const window = stated(outage.need, outage.quantity);
  const each = draft.derive({
    key: 'buffered',
    formula: 'POINTS',
    name: `${fleet.item} that one ${singular(fleet.noun)} stores while it is away`,
    inputs: { window, interval: intervalOf(fleet) },
    working: `${window.shown} / ${intervalOf(fleet).shown}`,
    unit: '',
    shown: formatCount,
    consequence: '{R:BUFFER-DEVICE}',
  });
  const size = draft.facts.sizes.find((one) => /reading|measurement|message|sample/iu.test(one.need.text));
  if (size) bufferBytes(draft, each, stated(size.need, size.quantity), fleet);
  const question = {
    key: 'return',
    text: `What share of the ${fleet.noun} can come back at the same moment (a tunnel, a ferry, a provider's outage), and how fast must their stored ${fleet.item} be in?`,
    ifUnanswered: '',
  };
  const share = stated(fleet.need, fleet.devices).value * RETURN_SHARE;
  const back = draft.assume(
    {
      key: 'return',
      statement: `5 % of the ${fleet.noun} come back together`,
      unit: '',
      value: share,
      shown: formatCount(share),
    },
    question,
  );
  const backlog = draft.derive({
    key: 'catchUp',
    formula: 'PRODUCT',
    name: `${fleet.item} in one catch-up wave`,
    inputs: { count: back, each },
    working: `${back.shown} × ${each.shown}`,
    unit: '',
    shown: formatCount,
    consequence: `old ${fleet.item} must not delay new ones: {R:CATCH-UP}`,
  });
  drain(draft, fleet, backlog, question);
}

function drain(draft: Draft, fleet: Fleet, backlog: Amount, question: Parameters<Draft['assume']>[1]): void {
  const flow = draft.facts.flows.find((one) => one.shape === 'fleet');
  if (!flow) return;
  const rate = peakRate(draft, flow);
  const capacity = draft.assume(
    {
      key: 'headroom',
      statement: `the input is built for ${HEADROOM} times the steady rate`,
      unit: '/s',
      value: rate.value * HEADROOM,
      shown: formatNumber(rate.value * HEADROOM),
    },
    question,
  );
  draft.derive({
    key: 'drain',
    formula: 'DRAIN-TIME',
    name: 'time until the wave is in',
    inputs: { backlog, drain: capacity, rate },
    working: `${backlog.shown} / (${capacity.shown} − ${bare(rate)})`,
    unit: 's',
    shown: formatDuration,
    consequence: `{R:CATCH-UP}; with no headroom it would never be in, so capacity equal to the steady rate of ${fleet.item} is a design error`,
  });
}

function bufferBytes(draft: Draft, count: Amount, size: Amount, fleet: Fleet): void {
  draft.derive({
    key: 'bufferBytes',
    formula: 'STORED-BYTES',
    name: `memory one ${singular(fleet.noun)} needs for them`,
    inputs: { count, size },
    working: `${count.shown} × ${size.shown}`,
    unit: 'B',
    shown: formatBytes,
    consequence: 'to compare with the data sheet of the device before anything is promised',
  });
}

/** How many missed readings make a device silent; and whether an allowed absence looks like a fault. */
function silence(draft: Draft, fleet: Fleet): void {
  const need = draft.facts.need('SILENCE-1');
  const quantity = need?.quantities.find((q) => q.kind === 'duration' && q.value >= fleet.interval.value);
  if (!need || !quantity) return;
  const window = stated(need, quantity);
  const outage = draft.facts.outages.find((one) => one.quantity.value > quantity.value);
  const clash = outage
    ? `an allowed absence of ${stated(outage.need, outage.quantity).shown} looks the same as a dead ${singular(fleet.noun)} ({Q:absence})`
    : 'fewer misses make false alarms, more make late ones';
  draft.derive({
    key: 'missed',
    formula: 'POINTS',
    name: `missed ${fleet.item} before a ${singular(fleet.noun)} counts as silent`,
    inputs: { window, interval: intervalOf(fleet) },
    working: `${window.shown} / ${intervalOf(fleet).shown}`,
    unit: '',
    shown: formatCount,
    consequence: `{R:SILENCE}; ${clash}`,
  });
  if (!outage) return;
  draft.ask({
    key: 'absence',
    text: `A ${singular(fleet.noun)} may be away for ${stated(outage.need, outage.quantity).shown} (${outage.need.id}) but counts as offline after ${window.shown} (${need.id}): who is told, and when is it a fault?`,
    ifUnanswered: 'both are shown alike',
    blocks: [need.id, outage.need.id],
  });
}

/** From the moment the world changes to the moment somebody knows: period, condition and processing add up. */
function detection(draft: Draft, fleet: Fleet): void {
  const deadline = draft.facts.deadlines.find((one) => one.kind === 'alarm');
  if (!deadline) return;
  const condition = deadline.need.quantities.find((q) => q.kind === 'duration' && q.qualifiers.includes('for'));
  const second: Amount = condition
    ? stated(deadline.need, condition)
    : { value: 0, unit: 's', shown: '0 s', from: 'unit' };
  const third = stated(deadline.need, deadline.quantity);
  draft.derive({
    key: 'detection',
    formula: 'SUM',
    name: 'longest time from the event to the alarm',
    inputs: { first: intervalOf(fleet), second, third },
    working: `${intervalOf(fleet).shown} + ${second.shown} + ${third.shown}`,
    unit: 's',
    shown: formatDuration,
    consequence: `the ${third.shown} of the brief are the smallest part; only the deadline is the service's to keep ({R:ALARM-DEADLINE})`,
  });
  if (!condition) return;
  draft.derive({
    key: 'conditionPoints',
    formula: 'POINTS',
    name: `${fleet.item} inside the condition of an alarm`,
    inputs: { window: second, interval: intervalOf(fleet) },
    working: `${second.shown} / ${intervalOf(fleet).shown}`,
    unit: '',
    shown: formatCount,
    consequence: '{R:ALARM-STATE}; one lost or late value must not restart the clock',
  });
}

/** Points of a view over time: more than a screen has pixels is waste. */
function viewPoints(draft: Draft, fleet: Fleet): void {
  const need = draft.facts
    .needs('HISTORY-1')
    .find((one) => one.quantities.some((q) => q.kind === 'duration' && q.value >= 3_600));
  const quantity = need?.quantities.find((q) => q.kind === 'duration' && q.value >= 3_600);
  if (!need || !quantity) return;
  const window = stated(need, quantity);
  const points = quantity.value / fleet.interval.value;
  draft.derive({
    key: 'viewPoints',
    formula: 'POINTS',
    name: `${fleet.item} of one ${singular(fleet.noun)} in that view`,
    inputs: { window, interval: intervalOf(fleet) },
    working: `${window.shown} / ${intervalOf(fleet).shown}`,
    unit: '',
    shown: formatCount,
    consequence:
      points > 2_000
        ? '{R:VIEW-POINTS}; more than a screen is wide: reduce in the query, not in the browser'
        : 'few enough to send as they are',
  });
}

/** Bytes per second while new firmware reaches the whole fleet. */
function firmware(draft: Draft, fleet: Fleet): void {
  const need = draft.facts.need('FIRMWARE-1');
  const size = need?.quantities.find((q) => q.kind === 'size');
  const within = need?.quantities.find((q) => q.kind === 'duration' && q.qualifiers.includes('within'));
  if (!need || !size || !within) return;
  const count = stated(fleet.need, fleet.devices);
  const bytes = draft.derive({
    key: 'firmwareBytes',
    formula: 'STORED-BYTES',
    name: 'bytes of one roll-out',
    inputs: { count, size: stated(need, size) },
    working: `${count.shown} × ${writtenSize(size.words)}`,
    unit: 'B',
    shown: formatBytes,
    consequence: 'paid by the megabyte on mobile networks: ask who pays',
  });
  draft.derive({
    key: 'firmwareRate',
    formula: 'BATCH-RATE',
    name: 'rate of a roll-out, spread evenly',
    inputs: { rows: bytes, window: stated(need, within) },
    working: `${bytes.shown} / ${stated(need, within).shown}`,
    unit: 'B/s',
    shown: (value) => `${formatBytes(value)}/s`,
    consequence: '{R:FIRMWARE-STEPS}; started for all at once it would be a self-made outage',
  });
}

const writtenSize = (words: string): string => words.trim();

/** Everything that only a fleet has. */
export function deviceFigures(draft: Draft): void {
  const { fleet } = draft.facts;
  if (!fleet) return;
  catchUp(draft, fleet);
  silence(draft, fleet);
  detection(draft, fleet);
  viewPoints(draft, fleet);
  firmware(draft, fleet);
}
