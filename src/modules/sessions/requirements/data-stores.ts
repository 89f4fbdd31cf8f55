/** Where personal data lies, who puts it there and what deletes it; a store without a way out carries an open mark. */
import type { Need } from '../brief/brief.types.js';
import { plural, singular } from '../brief/nouns.js';
import { stated } from '../derivation/amount.js';
import type { Draft } from '../derivation/draft.js';
import { uploadedObject } from '../derivation/figures-storage.js';

const PEOPLE =
  /\b(buyers?|sellers?|customers?|users?|drivers?|dispatchers?|managers?|directors?|patients?|students?|members?|employees?|fans?|engineers?)\b/giu;
const FIELDS =
  /\b(?:names?|(?:e-?mail )?addresses|phone numbers?|salar(?:y|ies)|commissions?|positions?|GPS|locations?)\b/giu;

const unique = (words: readonly string[]): string[] => [...new Set(words.map((word) => word.toLowerCase()))];

function personsOf(needs: readonly Need[]): string[] {
  const texts = needs.filter((need) => !need.triggers.some((t) => t.rule === 'TEAM-1')).map((need) => need.text);
  return unique(texts.flatMap((text) => text.match(PEOPLE) ?? []).map((word) => plural(word.toLowerCase())));
}

const fieldsOf = (needs: readonly Need[]): string[] => unique(needs.flatMap((need) => need.text.match(FIELDS) ?? []));

/** References to the deletions that a store obeys; without one the state is open. */
function deletionRefs(draft: Draft): string {
  return draft.facts.retentions
    .filter((one) => one.kind === 'delete')
    .map((one) => `{R:RETAIN-DELETE#${one.need.id}:${one.object}}`)
    .join(', ');
}

function providers(draft: Draft): { name: string; needs: string[] } | undefined {
  const found = (
    [
      ['NOTIFY-EMAIL', 'e-mail'],
      ['NOTIFY-PUSH', 'push'],
      ['NOTIFY-SMS', 'SMS'],
      ['PAY-1', 'payment'],
      ['LLM-1', 'language model'],
    ] as const
  ).filter(([rule]) => draft.facts.has(rule));
  if (found.length === 0) return undefined;
  return {
    name: `${found.map(([, name]) => name).join(', ')} ${found.length > 1 ? 'providers' : 'provider'}`,
    needs: found.flatMap(([rule]) => draft.facts.needs(rule).map((need) => need.id)),
  };
}

function mainTables(draft: Draft, persons: readonly string[], refs: string): void {
  const { read, main, retentions } = draft.facts;
  const fields = fieldsOf(read.needs);
  const creators = read.needs.filter((need) =>
    persons.some((person) => need.text.toLowerCase().includes(person.slice(0, -1))),
  );
  const deletion = retentions.find((one) => one.kind === 'delete');
  draft.store({
    store: `${main && main.shape !== 'fleet' ? main.noun : 'main'} tables`,
    personalData: [...persons, ...fields].slice(0, 8).join(', '),
    createdBy: creators.slice(0, 4).map((need) => need.id),
    deletedBy: deletion
      ? `job by date, ${stated(deletion.need, deletion.quantity).shown}${deletion.anchor ? ` after the ${deletion.anchor}` : ''}, in batches of *1,000*`
      : 'nothing in the brief',
    state: refs === '' ? 'open: {Q:keepPeople}' : `${refs}; {Q:lawful}`,
  });
}

function further(draft: Draft, refs: string): void {
  const file = uploadedObject(draft);
  const upload = draft.facts.need('UPLOAD-1');
  if (file && upload) {
    draft.store({
      store: `${plural(file)} (files)`,
      personalData: `what a ${file} shows`,
      createdBy: [upload.id],
      deletedBy: 'same job, file first, row second (an orphan row is found again, an orphan file is not)',
      state: refs === '' ? 'open' : refs,
    });
  }
  const queue = draft.facts.read.needs.filter((need) => need.triggers.some((t) => t.opens.includes('queue-jobs')));
  if (queue.length > 0) {
    draft.store({
      store: 'job table',
      personalData: draft.requirements.has('JOB-NO-PERSONAL') ? 'none if {R:JOB-NO-PERSONAL} holds' : 'ids at most',
      createdBy: queue.slice(0, 3).map((need) => need.id),
      deletedBy: "queue's own clean-up",
      state: '{R:JOB-NO-PERSONAL}',
    });
  }
  const audit = draft.facts.need('AUDIT-1');
  if (audit) {
    draft.store({
      store: 'record of accesses',
      personalData: 'who saw whose data',
      createdBy: [audit.id],
      deletedBy: 'partition by month, after its time',
      state: '{R:AUDIT-APPEND}',
    });
  }
}

/** Needs that name these people, or personal data, first. */
function personalNeeds(draft: Draft, persons: readonly string[]): string[] {
  const named = draft.facts.read.needs.filter((need) =>
    persons.some((person) => need.text.toLowerCase().includes(singular(person))),
  );
  return [...draft.facts.needs('PERSONAL-1'), ...named].slice(0, 3).map((need) => need.id);
}

/** People without a rule of deletion: asked once. */
function askDeletion(draft: Draft, persons: readonly string[]): void {
  const who = persons.slice(0, 3).join(', ') || 'people';
  draft.ask({
    key: 'keepPeople',
    text: `How long is the personal data of ${who} needed, and what is that time counted from? The brief has no rule of deletion`,
    ifUnanswered: 'deletion cannot be built',
    blocks: personalNeeds(draft, persons),
  });
}

/** Rows for section 8. A brief that names no person gets none: nothing is padded. */
export function dataStores(draft: Draft): void {
  const persons = personsOf(draft.facts.read.needs);
  const personal = draft.facts.needs('PERSONAL-1');
  if (persons.length === 0 && personal.length === 0) return;
  const refs = deletionRefs(draft);
  if (refs === '') askDeletion(draft, persons);
  mainTables(draft, persons, refs);
  further(draft, refs);
  const deletion = draft.facts.retentions.find((one) => one.kind === 'delete');
  const days = deletion && stated(deletion.need, deletion.quantity).shown;
  draft.store({
    store: 'backups',
    personalData: 'copy of all',
    createdBy: draft.facts.read.inUse.filter((one) => one.category === 'database-primary').map((one) => one.need),
    deletedBy: 'expiry',
    state: days ? `if kept *B* days, data lives until ${days} + *B*; {R:BACKUP-REPLAY}` : 'open: no time is stated',
  });
  draft.store({
    store: 'logs',
    personalData: 'request data',
    createdBy: [],
    deletedBy: days ? `expiry < ${days}` : 'expiry',
    state: 'open: observability',
  });
  const outside = providers(draft);
  if (outside) {
    draft.store({
      store: outside.name,
      personalData: 'address, token, name or text',
      createdBy: outside.needs,
      deletedBy: 'by contract',
      state: 'open: {Q:lawful}, {Q:leaves}',
    });
  }
}
