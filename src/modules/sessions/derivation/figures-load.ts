/** Rates, volumes and the shape of the load. */
import { withArticle } from '../brief/nouns.js';
import { type Amount, byDefault, shownAs, stated } from './amount.js';
import type { Draft } from './draft.js';
import type { Flow } from './facts.types.js';
import { formatCount, formatDuration, formatExact, formatNumber, formatRate, formatShare } from './format.js';

export const DAY: Amount = { value: 86_400, unit: 's', shown: '86,400 s', from: 'unit' };
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  '/ms': 0.001,
  '/min': 60,
  '/h': 3_600,
  '/days': 86_400,
  '/weeks': 604_800,
  '/months': 2_592_000,
  '/quarters': 7_862_400,
  '/years': 31_536_000,
};

/** More flows than this are kept as needs and requirements but not computed through. */
const MAX_FLOWS = 4;
const BUSY_SHARE = 0.15;

const UNIT_WORDS: Readonly<Record<string, string>> = { '/s': 'second', '/min': 'minute', '/h': 'hour' };

const unitAmount = (value: number): Amount => ({ value, unit: 's', shown: formatExact(value), from: 'unit' });

function dailyRate(draft: Draft, flow: Flow): Amount {
  const share = draft.assume(
    {
      key: `busyShare:${flow.noun}`,
      statement: `the busiest hour carries ${formatShare(BUSY_SHARE)} of the ${flow.noun} of a day`,
      unit: '',
      value: BUSY_SHARE,
      shown: '0.15',
    },
    {
      key: `busy:${flow.noun}`,
      text: `How many ${flow.noun} arrive in the busiest hour? The brief gives a figure for a longer time only`,
      ifUnanswered: '',
    },
  );
  const daily = flow.peak.perSecond * 86_400;
  return draft.derive({
    key: `rate:${flow.noun}`,
    formula: 'BUSY-HOUR',
    name: `busiest hour of ${flow.noun}`,
    inputs: { daily: { value: daily, unit: '/day', shown: formatNumber(daily), from: flow.peak.need.id }, share },
    working: `${formatNumber(daily)} a day × 0.15 / 3,600`,
    unit: '/s',
    shown: formatRate,
    consequence: `{R:RATE-SUSTAIN#${flow.noun}}; the mean of the day would be ${formatRate(flow.peak.perSecond)}, too small to size anything by`,
  });
}

function writtenRate(draft: Draft, flow: Flow): Amount {
  const { quantity, need } = flow.peak;
  const seconds = UNIT_SECONDS[quantity.written.unit];
  if (seconds === undefined) return { ...stated(need, quantity), shown: `${formatNumber(quantity.value)} /s` };
  const amount = { ...stated(need, quantity), value: quantity.written.amount, unit: quantity.written.unit };
  return draft.derive({
    key: `rate:${flow.noun}`,
    formula: 'UNIT-CHANGE',
    name: flow.shape === 'peak' ? `peak rate λ of ${flow.noun}` : `rate λ of ${flow.noun}`,
    inputs: { amount, unit: unitAmount(seconds) },
    working: `${amount.shown} / ${formatExact(seconds)}`,
    unit: '/s',
    shown: (value) => nounRate(value, flow),
    consequence: `{R:RATE-SUSTAIN#${flow.noun}}`,
  });
}

/** `33.3 sales/s`. */
const nounRate = (perSecond: number, flow: Flow): string => formatRate(perSecond).replace(' /', ` ${flow.noun}/`);

function fleetRate(draft: Draft, flow: Flow): Amount {
  const fleet = draft.facts.fleet;
  if (!fleet) return byDefault(flow.peak.perSecond);
  const devices = stated(fleet.need, fleet.devices);
  const interval = stated(fleet.need, fleet.interval);
  return draft.derive({
    key: `rate:${flow.noun}`,
    formula: 'FLEET-RATE',
    name: `rate λ of ${flow.noun}`,
    inputs: { devices, interval },
    working: `${devices.shown} / ${interval.shown}`,
    unit: '/s',
    shown: (value) => nounRate(value, flow),
    consequence: `{R:RATE-SUSTAIN#${flow.noun}}; steady by design, so a higher rate is a fault or a catch-up ({D:catchUp})`,
  });
}

/** λ at the peak, per second: the rate that everything else is sized by. */
export function peakRate(draft: Draft, flow: Flow): Amount {
  const known = draft.figure(`rate:${flow.noun}`);
  if (known) return known;
  if (flow.shape === 'fleet') return fleetRate(draft, flow);
  return flow.shape === 'daily' ? dailyRate(draft, flow) : writtenRate(draft, flow);
}

/** The number in front of the unit, for a working: `33.3`. */
export const bare = (amount: Amount): string => (amount.unit === '/s' ? formatNumber(amount.value) : amount.shown);

function ratio(draft: Draft, flow: Flow): void {
  if (!flow.normal) return;
  const peak = { ...stated(flow.peak.need, flow.peak.quantity), value: flow.peak.perSecond };
  const normal = { ...stated(flow.normal.need, flow.normal.quantity), value: flow.normal.perSecond };
  draft.derive({
    key: `ratio:${flow.noun}`,
    formula: 'RATIO',
    name: `peak to normal, ${flow.noun}`,
    inputs: { peak, normal },
    working: `${peak.shown} / ${normal.shown}`,
    unit: '',
    shown: (value) => `${formatNumber(value)} : 1`,
    consequence: 'capacity idle outside peaks; scale on queue length, not on a daily mean',
  });
}

/** The rate of ordinary hours, supposed to hold day and night: an upper limit for volumes. */
export function normalRate(draft: Draft, flow: Flow): Amount {
  if (flow.shape === 'daily')
    return { ...stated(flow.peak.need, flow.peak.quantity), value: flow.peak.perSecond, unit: '/s' };
  if (flow.shape === 'fleet') return peakRate(draft, flow);
  const rated = flow.normal ?? flow.peak;
  const written = `${formatExact(rated.quantity.written.amount)} ${flow.noun} per ${UNIT_WORDS[rated.quantity.written.unit] ?? rated.quantity.written.unit.slice(1)}`;
  const assumed = draft.assume(
    {
      key: `dayAndNight:${flow.noun}`,
      statement: `${written} day and night (upper limit)`,
      unit: '/s',
      value: rated.perSecond,
      shown: formatNumber(rated.perSecond),
    },
    {
      key: `shape:${flow.noun}`,
      text: `How long does the peak of ${flow.noun} last, and is ${written} a mean or a daytime value?`,
      ifUnanswered: '',
    },
  );
  return shownAs(assumed, written);
}

/** Length of a peak, for a flow whose brief names a peak. */
export function peakLength(draft: Draft, flow: Flow): Amount {
  return draft.assume(
    {
      key: `peakLength:${flow.noun}`,
      statement: `a peak of ${flow.noun} lasts 10 minutes`,
      unit: 's',
      value: 600,
      shown: '10',
    },
    {
      key: `shape:${flow.noun}`,
      text: `How long does the peak of ${flow.noun} last ({D:supply:${flow.noun}}), and is the other rate a mean or a daytime value?`,
      ifUnanswered: '',
    },
  );
}

/** Items of a normal day; drives storage, deletion and yearly volume. */
export function dailyVolume(draft: Draft, flow: Flow): Amount {
  const known = draft.figure(`day:${flow.noun}`);
  if (known) return known;
  const rate = normalRate(draft, flow);
  const perDay = draft.derive({
    key: `day:${flow.noun}`,
    formula: 'AMOUNT-IN',
    name: `${flow.noun} of a normal day`,
    inputs: { rate, duration: DAY },
    working: workingPerDay(flow, rate),
    unit: '/day',
    shown: formatCount,
    consequence: `{D:kept:${flow.noun}}, {D:peakCount:${flow.noun}}`,
  });
  draft.derive({
    key: `year:${flow.noun}`,
    formula: 'PRODUCT',
    name: `${flow.noun} of a year`,
    inputs: { count: perDay, each: { value: 365, unit: '', shown: '365', from: 'unit' } },
    working: `${perDay.shown} × 365`,
    unit: '',
    shown: formatCount,
    consequence: yearConsequence(flow, perDay.value * 365),
  });
  return perDay;
}

function workingPerDay(flow: Flow, rate: Amount): string {
  const unit = (flow.normal ?? flow.peak).quantity.written.unit;
  const amount = formatExact((flow.normal ?? flow.peak).quantity.written.amount);
  if (flow.shape !== 'fleet' && unit === '/min') return `${amount} × 1,440`;
  if (flow.shape !== 'fleet' && unit === '/h') return `${amount} × 24`;
  return `${formatNumber(rate.value)} /s × 86,400`;
}

/** Ids of 32 bits end at 2^31 − 1: a limit that is met years after it was set. */
function yearConsequence(flow: Flow, perYear: number): string {
  const years = 2_147_483_647 / perYear;
  if (years > 40) return `one table holds them; no partitions needed for volume`;
  return `a 32-bit id of ${withArticle(flow.one)} is used up after ${formatDuration(years * 31_536_000)}: 64 bits from the start`;
}

function peakCount(draft: Draft, flow: Flow): void {
  if (flow.shape !== 'peak') return;
  const rate = peakRate(draft, flow);
  const duration = peakLength(draft, flow);
  const daily = dailyVolume(draft, flow);
  const count = draft.derive({
    key: `peakCount:${flow.noun}`,
    formula: 'AMOUNT-IN',
    name: `${flow.noun} of one peak`,
    inputs: { rate, duration },
    working: `${bare(rate)} × 600 s`,
    unit: '',
    shown: formatCount,
    consequence: `= ${formatNumber((rate.value * 600) / daily.value)} of a normal day`,
  });
  draft.derive({
    key: `proof:${flow.noun}`,
    formula: 'RULE-OF-THREE',
    name: `what a test of one peak without a failure proves`,
    inputs: { trials: count },
    working: `3 / ${count.shown}`,
    unit: '',
    shown: (value) => `failure rate < ${formatShare(value)} at 95 %`,
    consequence:
      draft.facts.has('UNIQUE-1') || draft.facts.has('MARKET-1')
        ? `not zero: {R:AT-MOST-ONCE} also needs a unique constraint`
        : 'not zero',
  });
}

/** A peak can't outlast what is for sale. */
function supply(draft: Draft, flow: Flow): void {
  if (flow.shape !== 'peak' || !draft.facts.has('HOT-1') || !draft.facts.has('MARKET-1')) return;
  const perMinute = flow.peak.perSecond * 60;
  const stocks = [1, 2.5, 10].map((minutes) => perMinute * minutes);
  const duration = peakLength(draft, flow);
  const rate = peakRate(draft, flow);
  draft.derive({
    key: `supply:${flow.noun}`,
    formula: 'AMOUNT-IN',
    name: `supply that the assumed peak uses up`,
    inputs: { rate, duration },
    working: `stock / ${formatNumber(perMinute)} per min: ${stocks.map((s) => `${formatCount(s)} → ${formatDuration((s / perMinute) * 60)}`).join('; ')}`,
    unit: '',
    shown: formatCount,
    consequence: `the assumed peak needs ${formatCount(perMinute * 10)} items on sale at **one** place; {Q:shape:${flow.noun}}`,
  });
}

/** Rates, ratios, volumes of every flow, the strongest first. */
export function loadFigures(draft: Draft): void {
  for (const flow of draft.facts.flows.slice(0, MAX_FLOWS)) {
    peakRate(draft, flow);
    ratio(draft, flow);
    dailyVolume(draft, flow);
    peakCount(draft, flow);
    supply(draft, flow);
  }
}
