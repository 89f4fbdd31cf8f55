/** Payments, payouts, refunds, invoices, tax. */
import { singular, withArticle } from '../brief/nouns.js';
import { byDefault, stated } from '../derivation/amount.js';
import type { Draft } from '../derivation/draft.js';
import { isTrade } from '../derivation/figures-work.js';
import { forFirst, quoted, shall, type Template } from './template.js';

/** What is paid for: the main flow when it is a trade (`order`, `sale`), else the payment itself. */
const item = (draft: Draft): string => {
  const { flows } = draft.facts;
  return flows.find((flow) => isTrade(flow.noun))?.one ?? 'payment';
};

const subscription = forFirst('SUBSCRIBE-1', (draft, need) => {
  const period = /\b(?:monthly|yearly|annually|weekly|per month|a month|per year)\b/iu
    .exec(need.text)?.[0]
    .toLowerCase();
  draft.require({
    template: 'CHARGE-ONCE',
    group: 'flow',
    from: [need.id],
    say: shall(draft, `charge each subscription at most once for each ${period ? periodNoun(period) : 'period'}`),
    test: {
      load: 'the charging run started twice, and killed in the middle',
      passes: 'one charge per subscription and period',
    },
  });
  draft.ask({
    key: 'failedCharge',
    text: `A charge of ${need.id} fails: how often is it tried again, and when does access end?`,
    ifUnanswered: 'access stays',
    blocks: ['R:CHARGE-ONCE', 'payments'],
  });
});

const periodNoun = (words: string): string => (/week/u.test(words) ? 'week' : /month/u.test(words) ? 'month' : 'year');

const card = forFirst('PAY-SCOPE', (draft, need) => {
  draft.require({
    template: 'CARD-DATA',
    group: 'flow',
    check: 'I',
    from: [need.id],
    say: shall(draft, `store no card number and no card security code of ${withArticle(item(draft))}`),
  });
});

const repeated = forFirst('PAY-1', (draft, need) => {
  draft.require({
    template: 'PAY-REPEAT',
    group: 'flow',
    from: [need.id],
    say: shall(draft, `process a repeated message of the payment provider about one ${item(draft)} exactly once`),
    test: {
      load: 'each message of the provider delivered 3 times, out of order',
      passes: `one effect per ${item(draft)}`,
    },
  });
});

const payout = forFirst('MONEY-HELD', (draft, need) => {
  const anchor = /\bafter\s+(?:the\s+|their\s+)?([\p{L}-]+)/iu.exec(need.text)?.[1];
  if (anchor) {
    draft.require({
      template: 'PAYOUT-AFTER',
      group: 'flow',
      from: [need.id],
      say: shall(draft, `request no payout before the recorded end of the ${anchor}`),
      test: {
        load: `a ${anchor} that is moved by a day after the ${item(draft)}`,
        passes: 'no payout before the new date',
      },
    });
    draft.ask({
      key: 'moved',
      text: `A ${anchor} is moved or cancelled: do payout (${need.id}) and deletion follow the new date?`,
      ifUnanswered: 'both follow the recorded date',
      blocks: ['R:PAYOUT-AFTER'],
    });
  }
  draft.require({
    template: 'PAYOUT-KEY',
    group: 'flow',
    from: [need.id],
    say: shall(draft, 'send the same idempotency key on every attempt of one payout'),
    test: { load: 'the payout process killed during a run', passes: 'as many distinct keys as payouts' },
  });
  payoutRuns(draft, need.id, anchor ?? 'due date');
});

function payoutRuns(draft: Draft, need: string, anchor: string): void {
  if (draft.figure('waiting')) {
    draft.require({
      template: 'PAYOUT-ONE-RUN',
      group: 'flow',
      from: [need, 'D:waiting'],
      say: shall(draft, `keep at most one scheduled payout job per ${anchor}`),
      test: { load: `10,000 sales of one ${anchor}`, passes: 'one waiting job' },
    });
  }
  const run = draft.figure('payoutRun');
  const count = draft.facts.main && draft.figure(`peakCount:${draft.facts.main.noun}`);
  if (!run || !count) return;
  draft.require({
    template: 'PAYOUT-RUN',
    group: 'flow',
    from: [need, run.from],
    say: shall(
      draft,
      `finish the payout requests of a ${anchor} with`,
      count,
      `${draft.facts.main?.noun ?? 'items'} within`,
      byDefault(3_600, '60 min'),
      'of their start',
    ),
    test: {
      load: `a run of ${count.shown} payouts, killed once`,
      passes: `${count.shown} payouts, each once, within 60 min`,
    },
  });
}

const refund = forFirst('REFUND-1', (draft, need) => {
  draft.require({
    template: 'REFUND-LIMIT',
    group: 'flow',
    from: [need.id],
    say: shall(
      draft,
      `refuse a refund that would raise the refunds of ${withArticle(item(draft))} above what was paid for it`,
    ),
    test: { load: 'two refunds of the full amount at the same time', passes: 'one is accepted' },
  });
  const within = draft.facts.deadlines.find((one) => one.need === need);
  if (!within) return;
  draft.require({
    template: 'REFUND-DEADLINE',
    group: 'flow',
    from: [need.id],
    say: shall(
      draft,
      'list every return whose refund is not requested',
      stated(need, within.quantity),
      'after it was accepted',
    ),
    test: { load: 'a return that waits one hour longer than that', passes: 'it is on the list, and was not before' },
  });
});

const cancel: Template = (draft) => {
  for (const deadline of draft.facts.deadlines.filter((one) => one.kind === 'window')) {
    const within = stated(deadline.need, deadline.quantity);
    const verb =
      /\b(?:can|may) (?:be )?(cancel|return|withdraw|undo|change|edit)/iu
        .exec(deadline.need.text)?.[1]
        ?.toLowerCase() ?? 'cancel';
    draft.require({
      template: 'CANCEL-WINDOW',
      item: deadline.need.id,
      group: 'flow',
      from: [deadline.need.id],
      say: shall(
        draft,
        `accept a request to ${verb} ${withArticle(item(draft))} until`,
        within,
        'after it was placed, and no later',
      ),
      test: {
        load: `requests one second before and after ${within.shown}`,
        passes: 'the first is accepted, the second refused',
      },
    });
    draft.ask({
      key: `cancel:${deadline.need.id}`,
      text: `What happens to a request to ${verb} (${deadline.need.id}) when the ${item(draft)} has already gone to the next step within ${within.shown}?`,
      ifUnanswered: 'it is refused',
      blocks: [`R:CANCEL-WINDOW#${deadline.need.id}`],
    });
  }
};

const invoice = forFirst('INVOICE-1', (draft, need) => {
  draft.require({
    template: 'INVOICE-FIXED',
    group: 'flow',
    from: [need.id],
    say: shall(
      draft,
      `correct an issued invoice of ${withArticle(item(draft))} only by a further document that names it`,
    ),
    test: { load: `the ${item(draft)} of an issued invoice changes`, passes: 'the invoice is byte for byte the same' },
  });
  draft.ask({
    key: 'invoice',
    text: `Which fields of an invoice (${need.id}) must be kept by law, for how long, and may its numbers have gaps?`,
    ifUnanswered: 'deletion of those fields cannot be built',
    blocks: ['payments'],
  });
});

const tax = forFirst('TAX-1', (draft, need) => {
  const share = need.quantities.find((q) => q.kind === 'share');
  draft.require({
    template: 'TAX-DATE',
    group: 'flow',
    from: [need.id],
    say: share
      ? shall(
          draft,
          `compute the tax of ${withArticle(item(draft))} from the rate valid on its date, today`,
          stated(need, share),
        )
      : shall(draft, `compute the tax of ${withArticle(item(draft))} from the rate valid on its date`),
    test: { load: `a change of rate between ${item(draft)} and return`, passes: 'both carry the old rate' },
  });
  draft.ask({
    key: 'rounding',
    text: `Is tax (${need.id}) rounded per line or per ${item(draft)}?`,
    ifUnanswered: 'per line',
    blocks: ['R:TAX-DATE'],
  });
});

const currency = forFirst('CURRENCY-1', (draft, need) => {
  draft.require({
    template: 'MONEY-UNITS',
    group: 'flow',
    check: 'I',
    from: [need.id],
    say: shall(
      draft,
      `store each price of ${withArticle(item(draft))} as a whole number of the smallest unit with its currency`,
    ),
  });
});

const returns: Template = (draft) => {
  for (const need of draft.facts.read.needs) {
    const days = need.quantities.find((q) => q.kind === 'duration' && q.qualifiers.includes('for'));
    if (!days || !/\breturns?\b/iu.test(need.text)) continue;
    const anchor = /\bafter\s+(?:the\s+)?([\p{L}-]+)/iu.exec(need.text)?.[1] ?? 'delivery';
    draft.require({
      template: 'RETURN-WINDOW',
      item: need.id,
      group: 'flow',
      from: [need.id],
      say: shall(
        draft,
        `accept a return of ${withArticle(item(draft))} until`,
        stated(need, days),
        quoted(`after its recorded ${anchor}`, need),
      ),
      test: { load: `returns on the last day and the day after`, passes: 'the first is accepted, the second refused' },
    });
  }
};

const approval = forFirst('APPROVE-1', (draft, need) => {
  draft.require({
    template: 'APPROVE-OTHER',
    group: 'flow',
    from: [need.id],
    say: shall(draft, `refuse the approval of ${withArticle(singular(item(draft)))} by the person who asked for it`),
    test: { load: 'a person approves what the same person entered', passes: 'refused' },
  });
});

export const MONEY_TEMPLATES: readonly Template[] = [
  subscription,
  card,
  repeated,
  payout,
  refund,
  cancel,
  returns,
  invoice,
  tax,
  currency,
  approval,
];
