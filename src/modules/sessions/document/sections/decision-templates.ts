/** What a decision obliges the service to do. A template speaks when its category is decided and its facts hold; slots come from the brief. */
import type { Requirement } from '../../derivation/derivation.types.js';
import type { Category } from '../../../research/research.types.js';
import type { Choice } from '../writing/writing.js';

export interface TemplateContext {
  readonly choice: Choice;
  /** How the statements of the brief name the system: `order service`. */
  readonly system: string;
  /** What the brief processes (`order`, `reading`), for slots. */
  readonly subject: string;
  /** Is the category's need (C2) proven for the choice? */
  readonly needProven: boolean;
  readonly hasPersonalData: boolean;
}

export interface DecisionTemplate {
  readonly template: string;
  readonly category: Category;
  readonly applies: (context: TemplateContext) => boolean;
  readonly statement: (context: TemplateContext) => string;
  readonly check: Requirement['check'];
  /** All found in one statement that was derived from the brief: it says the same, and the template stays silent. */
  readonly unless: readonly RegExp[];
  readonly test?: (context: TemplateContext) => NonNullable<Requirement['test']>;
}

const always = (): boolean => true;

export const DECISION_TEMPLATES: readonly DecisionTemplate[] = [
  {
    template: 'JOB-COMMIT',
    category: 'queue-jobs',
    applies: ({ needProven }) => needProven,
    statement: ({ system, subject }) =>
      `The ${system} shall commit the change of a ${subject} and the jobs of that change in one database transaction.`,
    check: 'T',
    unless: [/jobs? /i, /one database transaction/i],
    test: ({ subject }) => ({
      load: `kill the process between the change of a ${subject} and its job, 1,000 times`,
      passes: 'jobs = changes',
    }),
  },
  {
    template: 'JOB-OUTBOX',
    category: 'queue-jobs',
    applies: ({ needProven }) => !needProven,
    statement: ({ system, subject }) =>
      `The ${system} shall record the jobs of a changed ${subject} in the transaction of the change, before the queue receives the jobs.`,
    check: 'T',
    unless: [/outbox|jobs? /i, /outbox|one database transaction/i],
    test: ({ subject }) => ({
      load: `kill the process between the change of a ${subject} and its job, 1,000 times`,
      passes: 'jobs = changes',
    }),
  },
  {
    template: 'JOB-TWICE',
    category: 'queue-jobs',
    applies: always,
    statement: ({ system }) => `The ${system} shall leave the same stored state when one job runs twice.`,
    check: 'T',
    unless: [/job|message/i, /twice|exactly once|repeated/i],
    test: ({ subject }) => ({
      load: `each job of a ${subject} delivered twice`,
      passes: 'stored state equals that of one delivery',
    }),
  },
  {
    template: 'JOB-PAYLOAD',
    category: 'queue-jobs',
    applies: ({ hasPersonalData, choice }) =>
      hasPersonalData && choice.option.candidate.storesPersonalData !== undefined,
    statement: ({ system }) => `The ${system} shall put ids and no personal data into job payloads.`,
    check: 'T',
    unless: [/job payloads?|payloads? of \S+ jobs?/i],
    test: ({ subject }) => ({
      load: `job payloads of every kind of ${subject} searched for seeded names`,
      passes: '0 hits',
    }),
  },
  {
    template: 'SEARCH-COMMIT',
    category: 'search-engine',
    applies: ({ choice }) => choice.option.candidate.kind === 'built-in',
    statement: ({ system, subject }) =>
      `The ${system} shall show the committed state of each ${subject} in every search that starts after the commit.`,
    check: 'T',
    unless: [/search/i, /commit/i],
  },
  {
    template: 'SEARCH-LAG',
    category: 'search-engine',
    applies: ({ choice }) => choice.option.candidate.kind !== 'built-in',
    statement: ({ system, subject }) =>
      `The ${system} shall show a changed ${subject} in search no later than *5 s* after its commit.`,
    check: 'T',
    unless: [/search/i, /commit/i],
  },
  {
    template: 'CACHE-LOSS',
    category: 'cache',
    applies: always,
    statement: ({ system }) =>
      `The ${system} shall answer from the database when the cache gives no answer within *100 ms*.`,
    check: 'T',
    unless: [/cache/i],
    test: ({ subject }) => ({
      load: `the cache stopped while each ${subject} is asked for`,
      passes: '0 failed requests',
    }),
  },
  {
    template: 'BODY-SCHEMA',
    category: 'framework-web',
    applies: always,
    statement: ({ system }) =>
      `The ${system} shall refuse a request body that violates its published schema before a handler runs.`,
    check: 'T',
    unless: [/schema/i],
  },
  {
    template: 'MIGRATION-DUMP',
    category: 'migrations',
    applies: always,
    statement: () =>
      'The build shall fail when all migrations applied to an empty database give a schema other than the committed one.',
    check: 'T',
    unless: [/migrations?/i],
  },
  {
    template: 'AUTH-REFUSE',
    category: 'authentication',
    applies: always,
    statement: ({ system }) =>
      `The ${system} shall refuse a request without valid credentials on every route outside a named public list.`,
    check: 'T',
    unless: [/credentials|signed[- ]in|sign-in/i],
  },
  {
    template: 'RIGHTS-REFUSE',
    category: 'authorization',
    applies: always,
    statement: ({ system, subject }) =>
      `The ${system} shall refuse access to a ${subject} for an identity without a right to the ${subject}.`,
    check: 'T',
    unless: [/\bright\b|\brole\b|permission|as if it did not exist/i],
  },
  {
    template: 'FILE-LINK',
    category: 'file-storage',
    applies: always,
    statement: ({ system }) =>
      `The ${system} shall hand out a stored file only by a link that ends *300 s* after it was made.`,
    check: 'T',
    unless: [/stored file|link/i],
  },
  {
    template: 'MAIL-RETRY',
    category: 'email-notification',
    applies: always,
    statement: ({ system }) =>
      `The ${system} shall send no notification again after its provider has confirmed the receipt.`,
    check: 'T',
    unless: [/notification|message|e-?mail/i, /once|twice|repeated/i],
  },
  {
    template: 'SCHEDULE-ONCE',
    category: 'scheduling',
    applies: always,
    statement: ({ system }) => `The ${system} shall start each scheduled run exactly once while *2* processes are up.`,
    check: 'T',
    unless: [/scheduled/i],
  },
  {
    template: 'VECTOR-FILTER',
    category: 'vector-store',
    applies: always,
    statement: ({ system }) =>
      `The ${system} shall return from a similarity search only entries that the asking identity may read.`,
    check: 'T',
    unless: [/similarity/i],
  },
  {
    template: 'LLM-LIMIT',
    category: 'llm-provider',
    applies: always,
    statement: ({ system }) =>
      `The ${system} shall stop calling the model provider when the recorded cost of a day reaches its configured limit.`,
    check: 'T',
    unless: [/model provider/i],
  },
  {
    template: 'TRACE-ID',
    category: 'observability',
    applies: always,
    statement: ({ system }) => `The ${system} shall write the id of the request into every log line of that request.`,
    check: 'T',
    unless: [/log line|logs? /i],
  },
];
