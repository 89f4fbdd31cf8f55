/** What is kept: rows, bytes, deletions, and work that waits for a date. */
import { lowerFirst, phraseFrom, phraseText, plural, singular, wordsOf } from '../brief/nouns.js';
import { sameNoun } from '../brief/quantities.js';
import { type Amount, stated } from './amount.js';
import type { Draft } from './draft.js';
import type { Flow, Retention } from './facts.types.js';
import { bare, dailyVolume, peakRate } from './figures-load.js';
import { formatBytes, formatCount, formatDuration, formatNumber } from './format.js';

const DAY = 86_400;
const LEAD_DAYS = 60;
const PDF_BYTES = 300_000;

/** What people upload (`PDF ticket`), from the clause that says so. */
export function uploadedObject(draft: Draft): string | undefined {
  const need = draft.facts.need('UPLOAD-1');
  const words = need ? wordsOf(need.text) : [];
  const verb = words.findIndex((word) => /^upload|^attach/iu.test(word.text));
  const phrase = verb < 0 ? [] : phraseFrom(words, verb + 1);
  return phrase.length > 0 ? singular(lowerFirst(phraseText(phrase))) : undefined;
}

const nounsIn = (object: string): string[] => object.split(/\sand\s|,/u).map((part) => part.trim());

const isInvoice = (retention: Retention): boolean => /\b(?:invoices?|receipts?)\b/iu.test(retention.object);

const isAggregate = ({ object }: Retention): boolean =>
  /\b(?:hourly|daily|weekly|monthly)\b/iu.test(object) && /\b(?:averages?|totals?|means|sums?|values)\b/iu.test(object);

/** The flow a kept thing belongs to: its own noun, or the uploaded file of the main flow. */
function flowFor(draft: Draft, retention: Retention): Flow | undefined {
  const { flows, main } = draft.facts;
  if (isAggregate(retention)) return undefined;
  const nouns = nounsIn(retention.object);
  if (isInvoice(retention)) return main?.shape === 'fleet' ? undefined : main;
  const own = flows.find((flow) => nouns.some((noun) => sameNoun(noun, flow.noun)));
  const file = uploadedObject(draft);
  return own ?? (file && nouns.some((noun) => sameNoun(noun, file)) ? main : undefined);
}

/** An anchor that is another thing than the item itself lies later than the item: concert, delivery, trip. */
function leadTime(draft: Draft, flow: Flow, anchor: string | undefined): Amount | undefined {
  if (
    anchor === undefined ||
    sameNoun(anchor, flow.noun) ||
    /creat|receipt|arriv|written|recorded|^(?:they|it)\b/iu.test(anchor)
  )
    return undefined;
  const head = anchor.replace(/^(?:end|date|day)\s+of\s+(?:the\s+)?/iu, '');
  return draft.assume(
    {
      key: 'lead',
      statement: `${singular(flow.noun)} and ${head} lie ${LEAD_DAYS} days apart on average`,
      unit: 's',
      value: LEAD_DAYS * DAY,
      shown: String(LEAD_DAYS),
    },
    {
      key: 'lead',
      text: `How many days lie between a ${flow.one} and its ${head}, on average and at most?`,
      ifUnanswered: '',
    },
  );
}

function itemSize(draft: Draft, flow: Flow): { size: Amount; noun: string } | undefined {
  const given = draft.facts.sizes.find((one) => wordsOf(one.need.text).some((word) => sameNoun(word.text, flow.noun)));
  if (given) return { size: stated(given.need, given.quantity), noun: flow.noun };
  const file = uploadedObject(draft);
  if (!file || !draft.facts.has('PDF-1') || flow !== draft.facts.main) return undefined;
  const size = draft.assume(
    {
      key: 'fileSize',
      statement: `a ${file} is ${formatBytes(PDF_BYTES)}`,
      unit: 'B',
      value: PDF_BYTES,
      shown: formatBytes(PDF_BYTES),
    },
    { key: 'fileSize', text: `What is the measured size of a ${file}, mean and largest?`, ifUnanswered: '' },
  );
  return { size, noun: `${plural(file)}` };
}

const ZERO: Amount = { value: 0, unit: 's', shown: '0', from: 'unit' };

/** What is counted, and under which key: files, invoices or the items themselves. */
function keptItems(draft: Draft, flow: Flow, retention: Retention): { key: string; noun: string; size?: Amount } {
  if (isInvoice(retention)) return { key: retention.object, noun: retention.object };
  const item = itemSize(draft, flow);
  return { key: flow.noun, noun: item?.noun ?? flow.noun, ...(item ? { size: item.size } : {}) };
}

function retained(draft: Draft, retention: Retention): void {
  const flow = flowFor(draft, retention);
  if (!flow) return;
  const { key, noun, size } = keptItems(draft, flow, retention);
  const perDay = perDayOf(draft, flow, retention);
  const before = leadTime(draft, flow, retention.anchor) ?? ZERO;
  const kept = stated(retention.need, retention.quantity);
  const days = formatNumber(kept.value / DAY);
  const count = draft.derive({
    key: `kept:${key}`,
    formula: 'RETAINED-STOCK',
    name: `${noun} kept`,
    inputs: { rate: { ...perDay, value: perDay.value / DAY, unit: '/s' }, before, kept },
    working: `Little: ${perDay.shown} × ${before === ZERO ? days : `(${before.shown} + ${days})`}`,
    unit: '',
    shown: formatCount,
    consequence: keptConsequence(retention, flow, perDay, (kept.value + before.value) / DAY),
  });
  if (size) storedBytes(draft, { key: `bytes:${key}`, name: `storage of ${noun}`, count, size });
}

function keptConsequence(retention: Retention, flow: Flow, perDay: Amount, days: number): string {
  if (retention.kind === 'keep' && flow.shape !== 'fleet')
    return `{R:RETAIN-KEEP#${retention.need.id}:${retention.object}}; at least this many must stay readable`;
  return `flat after ${formatCount(days)} days; then ${perDay.shown} a day fall due for deletion${dropByPartition(perDay.value)}`;
}

/** Invoices are not counted in a brief: one for each item of the main flow, visibly supposed. */
function perDayOf(draft: Draft, flow: Flow, retention: Retention): Amount {
  const perDay = dailyVolume(draft, flow);
  if (!isInvoice(retention)) return perDay;
  const one = singular(retention.object);
  return draft.assume(
    {
      key: 'invoices',
      statement: `one ${one} for each ${flow.one}`,
      unit: '/day',
      value: perDay.value,
      shown: perDay.shown,
    },
    {
      key: 'invoices',
      text: `Is there one ${one} for each ${flow.one}, or one per customer and month?`,
      ifUnanswered: '',
    },
  );
}

const dropByPartition = (perDay: number): string =>
  perDay > 5e6 ? ' — by dropping a partition per day, not by deleting rows' : '';

function storedBytes(
  draft: Draft,
  { key, name, count, size }: { key: string; name: string; count: Amount; size: Amount },
): void {
  draft.derive({
    key,
    formula: 'STORED-BYTES',
    name,
    inputs: { count, size },
    working: `${count.shown} × ${size.shown}`,
    unit: 'B',
    shown: formatBytes,
    consequence: 'payload only; indexes and copies come on top, so take at least twice this for the disk',
  });
}

function bandwidth(draft: Draft, flow: Flow): void {
  const item = flow.shape === 'fleet' ? itemSize(draft, flow) : undefined;
  if (!item) return;
  const rate = peakRate(draft, flow);
  draft.derive({
    key: `bandwidth:${flow.noun}`,
    formula: 'BANDWIDTH',
    name: `payload of ${flow.noun} arriving`,
    inputs: { rate, size: item.size },
    working: `${bare(rate)} × ${item.size.shown}`,
    unit: 'B/s',
    shown: (value) => `${formatBytes(value)}/s`,
    consequence: 'the number of messages is the load, not the bytes: batch the inserts',
  });
}

const PERIODS: Readonly<Record<string, number>> = { hourly: 3_600, daily: DAY, weekly: 604_800, monthly: 2_592_000 };

/** `hourly averages for 5 years`: one row per device and period. */
function aggregates(draft: Draft, retention: Retention): void {
  const fleet = draft.facts.fleet;
  const word = /\b(hourly|daily|weekly|monthly)\b/iu.exec(retention.object)?.[1]?.toLowerCase();
  const seconds = word ? PERIODS[word] : undefined;
  if (!fleet || !word || seconds === undefined) return;
  const devices = stated(fleet.need, fleet.devices);
  const kept = stated(retention.need, retention.quantity);
  draft.derive({
    key: `aggregates:${retention.object}`,
    formula: 'AGGREGATES',
    name: `rows of ${retention.object}`,
    inputs: { devices, kept, period: { value: seconds, unit: 's', shown: word, from: retention.need.id } },
    working: `${devices.shown} × ${kept.shown} / ${formatDuration(seconds)}`,
    unit: '',
    shown: formatCount,
    consequence: `{R:AGGREGATE-LATE}; 1 row stands for ${formatCount(seconds / fleet.interval.value)} ${fleet.item}`,
  });
}

/** Payouts wait for their date, and those of one date fall due together. */
function payouts(draft: Draft): void {
  const { main } = draft.facts;
  const need = draft.facts.need('MONEY-HELD');
  const anchor = need && /\bafter\s+(?:the\s+|their\s+)?([\p{L}-]+)/iu.exec(need.text)?.[1];
  if (!main || !need || !anchor) return;
  const lead = leadTime(draft, main, anchor);
  if (!lead) return;
  const perDay = dailyVolume(draft, main);
  draft.derive({
    key: 'waiting',
    formula: 'AMOUNT-IN',
    name: `payouts waiting for their ${anchor}`,
    inputs: { rate: { ...perDay, value: perDay.value / DAY, unit: '/s' }, duration: lead },
    working: `${perDay.shown} × ${lead.shown}`,
    unit: '',
    shown: formatCount,
    consequence: `{R:PAYOUT-ONE-RUN}; one delayed job each would be that many waiting rows`,
  });
  const count = draft.figure(`peakCount:${main.noun}`);
  if (!count) return;
  const rate = draft.assume(
    {
      key: 'payoutRate',
      statement: 'the payment provider accepts 25 payout calls/s',
      unit: '/s',
      value: 25,
      shown: '25',
    },
    {
      key: 'payoutRate',
      text: 'How many payout calls per second does the payment provider accept, in writing?',
      ifUnanswered: '',
      blocks: ['payments'],
    },
  );
  draft.derive({
    key: 'payoutRun',
    formula: 'BUNCH-DRAIN',
    name: `payouts due when one peak ${anchor} ends`,
    inputs: { count, rate },
    working: `${count.shown} / ${rate.shown} calls/s`,
    unit: 's',
    shown: (value) => `${formatCount(value)} s = ${formatDuration(value)}`,
    consequence: '{R:PAYOUT-RUN}',
  });
}

/** Retained stock, storage, aggregates and waiting payouts. */
export function storageFigures(draft: Draft): void {
  for (const flow of draft.facts.flows) bandwidth(draft, flow);
  for (const retention of draft.facts.retentions) {
    retained(draft, retention);
    aggregates(draft, retention);
  }
  payouts(draft);
}
