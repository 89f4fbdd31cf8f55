/** Deletion, retention, proof, place of data. */
import type { Need } from '../brief/brief.types.js';
import { singular, withArticle } from '../brief/nouns.js';
import { stated } from '../derivation/amount.js';
import type { Draft } from '../derivation/draft.js';
import type { Retention } from '../derivation/facts.types.js';
import { forFirst, nounAfter, quoted, shall, type Template } from './template.js';

const retentionKey = (one: Retention): string => `${one.need.id}:${one.object}`;

function deletion(draft: Draft, one: Retention): void {
  const after = stated(one.need, one.quantity);
  const clause = /^(?:they|it)\b/iu.test(one.anchor ?? '');
  const anchor = one.anchor ? `after ${clause ? '' : 'the '}${one.anchor}` : 'after they were stored';
  draft.require({
    template: 'RETAIN-DELETE',
    item: retentionKey(one),
    group: 'privacy',
    from: [one.need.id],
    say: shall(draft, 'delete', quoted(one.object, one.need), 'no later than', after, quoted(anchor, one.need)),
    test: {
      load: `the clock set to ${after.shown} ${anchor}; all stores searched for 100 seeded names, again after a restore`,
      passes: 'none is found',
    },
  });
  if (!one.anchor || clause || /last|end of/iu.test(one.anchor)) return;
  draft.ask({
    key: 'moved',
    text: `The ${one.anchor} of ${one.need.id} is moved, cancelled or never happens: which date counts for deletion?`,
    ifUnanswered: 'the recorded date',
    blocks: [`R:RETAIN-DELETE#${retentionKey(one)}`],
  });
}

function keeping(draft: Draft, one: Retention): void {
  const time = stated(one.need, one.quantity);
  draft.require({
    template: 'RETAIN-KEEP',
    item: retentionKey(one),
    group: 'privacy',
    from: [one.need.id],
    say: shall(draft, 'return the', quoted(one.object, one.need), 'of any day of the last', time),
    test: { load: `seeded ${one.object} of the first and the last day of ${time.shown}`, passes: 'both are returned' },
  });
  draft.ask({
    key: `after:${retentionKey(one)}`,
    text: `After ${time.shown} (${one.need.id}): is the data deleted (${one.object}), or may it stay?`,
    ifUnanswered: 'it is deleted',
    blocks: [`R:RETAIN-KEEP#${retentionKey(one)}`],
  });
}

const retentions: Template = (draft) => {
  for (const one of draft.facts.retentions) {
    if (one.kind === 'delete') deletion(draft, one);
    else keeping(draft, one);
  }
};

/** Two rules on overlapping data: which one wins is not ours to say. */
const conflict: Template = (draft) => {
  const deletes = draft.facts.retentions.filter((one) => one.kind === 'delete');
  const keeps = draft.facts.retentions.filter(
    (one) =>
      one.kind === 'keep' &&
      /invoice|order|contract|receipt|record|trip|log/iu.test(one.object) &&
      one.quantity.value > (deletes[0]?.quantity.value ?? Infinity),
  );
  const [first] = deletes;
  const [longer] = keeps;
  if (!first || !longer) return;
  draft.ask({
    key: 'keepOrDelete',
    text: `${longer.object} are kept for ${stated(longer.need, longer.quantity).shown} (${longer.need.id}) and name people whose data is deleted after ${stated(first.need, first.quantity).shown} (${first.need.id}): which fields stay readable?`,
    ifUnanswered: `${longer.object} keep only what the law asks for`,
    blocks: [`R:RETAIN-DELETE#${retentionKey(first)}`, `R:RETAIN-KEEP#${retentionKey(longer)}`],
  });
};

const deletionProof: Template = (draft) => {
  const one = draft.facts.retentions.find((other) => other.kind === 'delete');
  if (!one) return;
  const object = one.object.replace(/ and .*/su, '');
  const clause = /^(?:they|it)\b/iu.test(one.anchor ?? 'it');
  const anchor = clause ? singular(object) : (one.anchor ?? '').replace(/^(?:last|first|end of (?:the )?)\s*/iu, '');
  draft.require({
    template: 'DELETE-RECORD',
    group: 'privacy',
    check: 'I',
    from: [one.need.id],
    say: shall(draft, `record each deletion of ${object} with ${anchor} id, number of rows per store and time`),
  });
  if (queued(draft)) {
    draft.require({
      template: 'JOB-NO-PERSONAL',
      group: 'privacy',
      from: [one.need.id],
      say: shall(
        draft,
        `put ids and no personal data into the payloads of ${draft.facts.main?.one ?? 'background'} jobs`,
      ),
      test: { load: '100 seeded names, all job rows searched', passes: 'none is found' },
    });
  }
  draft.require({
    template: 'BACKUP-REPLAY',
    group: 'privacy',
    from: [one.need.id],
    say: shall(draft, `apply all recorded deletions of ${object} to a restored backup before it serves requests`),
    test: { load: 'a backup from before a deletion, restored after it', passes: 'the deleted names are not found' },
  });
  draft.ask({
    key: 'lawful',
    text: `Which records must be kept by law or for disputes beyond the ${stated(one.need, one.quantity).shown} of ${one.need.id}, for how long, and which fields?`,
    ifUnanswered: 'deletion cannot be finished',
    blocks: [
      `R:RETAIN-DELETE#${retentionKey(one)}`,
      'R:BACKUP-REPLAY',
      ...(draft.facts.has('PAY-1') ? ['payments'] : []),
    ],
  });
};

const queued = (draft: Draft): boolean =>
  draft.facts.read.needs.some((need) => need.triggers.some((trigger) => trigger.opens.includes('queue-jobs')));

const audit = forFirst('AUDIT-1', (draft, need) => {
  const changes = /\bchanges?\b/iu.test(need.text);
  const what = nounAfter(need, /\b(?:access|changes?)\s+to\b/iu);
  const act = `${changes ? 'change' : 'access'}${what ? ` to ${what}` : ''}`;
  const fields = changes ? 'person, time, old and new value' : 'person, time and object';
  draft.require({
    template: 'AUDIT-RECORD',
    group: 'privacy',
    from: [need.id],
    say: shall(draft, `record ${fields} of each ${act} in the transaction that ${changes ? 'makes' : 'answers'} it`),
    test: { load: `each ${act} by screen, export and program`, passes: 'as many records as there were' },
  });
  draft.require({
    template: 'AUDIT-APPEND',
    group: 'privacy',
    check: 'I',
    from: [need.id],
    say: shall(draft, `hold no database right to alter or delete a record of ${withArticle(act)} before its time`),
  });
});

const erase = forFirst('ERASE-1', (draft, need) => {
  draft.ask({
    key: 'erase',
    text: `Within how many days is a request of ${need.id} carried out, and how does the person prove who they are?`,
    ifUnanswered: 'no limit is written',
    blocks: [need.id],
  });
});

const residency: Template = (draft) => {
  const need = draft.facts.need('RESIDENCY-1') ?? draft.facts.need('ONPREM-1');
  if (!need) return askPlace(draft);
  const place = /\b(?:in|leave|within)\s+((?:the\s+|our\s+|its\s+)?[^.;,]{2,60})/iu.exec(need.text)?.[1]?.trim();
  if (!place) return;
  draft.require({
    template: 'DATA-PLACE',
    group: 'privacy',
    check: 'I',
    from: [need.id],
    say: shall(
      draft,
      'open network connections only to addresses on a list, each marked as inside or outside',
      quoted(place, need),
    ),
  });
  askLeaving(draft, need, place);
};

/** People in the EU, and no word on the place of their data. */
function askPlace(draft: Draft): void {
  const eu = draft.facts.need('PRIVACY-EU');
  if (!eu) return;
  draft.ask({
    key: 'place',
    text: `Must data stay in the EU? ${eu.id} says where people are, not where data is`,
    ifUnanswered: 'no requirement derived',
    blocks: ['file-storage', 'email-notification', 'iac-hosting'],
  });
}

/** Inside the owner's machines: what may leave? Inside a region: where do providers keep it? */
function askLeaving(draft: Draft, need: Need, place: string): void {
  if (draft.facts.read.constraints.place?.own === false) {
    draft.ask({
      key: 'leaves',
      text: `${need.id} keeps data in ${place}: in which country does each provider keep it, backups and its own providers included, by contract?`,
      ifUnanswered: 'no provider is taken',
      blocks: ['R:DATA-PLACE', 'file-storage', 'email-notification', 'llm-provider', 'observability'],
    });
    return;
  }
  const rules = ['LLM-1', 'NOTIFY-EMAIL', 'NOTIFY-SMS', 'PAY-1'] as const;
  const outside = [...new Set(rules.flatMap((rule) => draft.facts.needs(rule).map((other) => other.id)))];
  if (outside.length === 0) return;
  draft.ask({
    key: 'leaves',
    text: `${need.id} keeps data inside ${place}, but ${outside.join(', ')} may use a provider outside: which fields may leave?`,
    ifUnanswered: 'none; only what runs inside is admissible',
    blocks: ['R:DATA-PLACE', ...(draft.facts.has('LLM-1') ? ['llm-provider'] : []), 'email-notification', ...outside],
  });
}

export const PRIVACY_TEMPLATES: readonly Template[] = [retentions, deletionProof, conflict, audit, erase, residency];
