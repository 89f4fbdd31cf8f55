/** Messages that items cause: fan-out, backlog behind a provider's limit, and the rate that limit must reach. */
import { type Amount, stated } from './amount.js';
import type { Draft } from './draft.js';
import type { Flow } from './facts.types.js';
import { bare, normalRate, peakLength, peakRate } from './figures-load.js';
import { formatCount, formatDuration, formatExact, formatNumber, formatRate, roundFigure } from './format.js';

const CHANNELS: readonly (readonly [string, string])[] = [
  ['NOTIFY-EMAIL', 'e-mail'],
  ['NOTIFY-PUSH', 'push'],
  ['NOTIFY-SMS', 'SMS'],
];

/** A default for how late the last message of a peak may be, seconds. */
const LIMIT = 1_200;

/** Channels that tell people about single items; weekly reports and alarms are other things. */
export function channelsOf(draft: Draft): readonly string[] {
  return CHANNELS.filter(([rule]) =>
    draft.facts.needs(rule).some((need) => !need.triggers.some((t) => t.rule === 'SCHEDULE-1' || t.rule === 'ALERT-1')),
  ).map(([, channel]) => channel);
}

function fanOut(draft: Draft, flow: Flow, channels: readonly string[]): Amount {
  const parties = draft.facts.has('MARKET-1') ? 2 : 1;
  const each = channels.length * parties;
  const who = parties === 2 ? 'to each of the two parties' : 'to the customer';
  return draft.assume(
    {
      key: 'fanOut',
      statement: `each ${flow.one} sends ${each} ${each === 1 ? 'message' : 'messages'}: ${channels.join(' and ')}, ${who}`,
      unit: '',
      value: each,
      shown: String(each),
    },
    { key: 'fanOut', text: `Which messages does one ${flow.one} send, to whom, by which channel?`, ifUnanswered: '' },
  );
}

interface Peak {
  readonly rate: number;
  readonly duration: number;
  readonly after: number;
}

function drainTable(peak: Peak): { title: string; head: string[]; rows: string[][] } {
  const figures = [0.2, 0.4, 0.75].map((share) => roundFigure(peak.rate * share));
  const offers = [...new Set([...figures, Math.ceil(peak.rate)])];
  const rows = offers.map((offer) => {
    const backlog = Math.max(0, peak.rate - offer) * peak.duration;
    const time = backlog === 0 ? 0 : offer > peak.after ? backlog / (offer - peak.after) : Infinity;
    return [`${formatExact(offer)} /s`, formatCount(Math.round(backlog)), time === 0 ? '0' : formatDuration(time)];
  });
  return {
    title: `Provider rate against backlog (after the peak ${formatNumber(peak.after)} messages/s still arrive)`,
    head: ['provider accepts', `backlog after ${formatDuration(peak.duration)}`, 'empty after a further'],
    rows,
  };
}

/** The brief's own limit for a message, else a default that is asked for. */
function messageLimit(draft: Draft): Amount {
  const deadline = draft.facts.deadlines.find((one) => one.kind === 'notify');
  if (deadline) return stated(deadline.need, deadline.quantity);
  return draft.assume(
    {
      key: 'messageLimit',
      statement: 'the last message of a peak may be 20 min late',
      unit: 's',
      value: LIMIT,
      shown: '20 min',
    },
    { key: 'fanOut', text: 'Which messages are wanted, and how late may the last one of a peak be?', ifUnanswered: '' },
  );
}

function peakMessages(draft: Draft, flow: Flow, perSecond: Amount, each: Amount): void {
  const duration = peakLength(draft, flow);
  const after = draft.derive({
    key: 'messagesAfter',
    formula: 'FAN-OUT',
    name: 'messages outside the peak',
    inputs: { rate: normalRate(draft, flow), each },
    working: `${formatNumber(normalRate(draft, flow).value)} × ${each.shown}`,
    unit: '/s',
    shown: formatRate,
    consequence: 'what still arrives while the backlog is drained',
  });
  const backlog = draft.derive({
    key: 'messageCount',
    formula: 'AMOUNT-IN',
    name: 'messages of one peak',
    inputs: { rate: perSecond, duration },
    working: `${bare(perSecond)} × 600 s`,
    unit: '',
    shown: formatCount,
    consequence: '{R:NOTIFY-DRAIN}, {R:NOTIFY-DEADLINE}; one row each in the job table',
    ...(perSecond.value >= 5
      ? { table: drainTable({ rate: perSecond.value, duration: duration.value, after: after.value }) }
      : {}),
  });
  const limit = messageLimit(draft);
  draft.derive({
    key: 'drainRate',
    formula: 'DRAIN-RATE',
    name: 'rate a provider must accept',
    inputs: { backlog, after, duration, limit },
    working: `(${backlog.shown} + ${formatNumber(after.value)} × ${formatCount(limit.value)}) / ${formatCount(duration.value + limit.value)} s`,
    unit: '/s',
    shown: (value) => `${formatNumber(value)} messages/s`,
    consequence: '{R:NOTIFY-DRAIN}; ask each provider for that figure before signing',
  });
}

/** Messages of the main flow, when the brief names a channel for single items. */
export function messageFigures(draft: Draft): void {
  const { main } = draft.facts;
  const channels = channelsOf(draft);
  if (!main || main.shape === 'fleet' || channels.length === 0) return;
  const each = fanOut(draft, main, channels);
  const rate = peakRate(draft, main);
  const perSecond = draft.derive({
    key: 'messageRate',
    formula: 'FAN-OUT',
    name: main.shape === 'peak' ? 'messages at the peak' : 'messages',
    inputs: { rate, each },
    working: `${bare(rate)} × ${each.shown}`,
    unit: '/s',
    shown: formatRate,
    consequence: '{R:NOTIFY-ATOMIC}',
  });
  if (main.shape === 'peak') peakMessages(draft, main, perSecond, each);
}
