import type { Category, CategoryDefinition, CriterionId } from '../research.types.js';

/** Categories whose options are partly features of something already in use: only these two say something about all kinds. */
const EVERY_KIND: readonly CriterionId[] = ['C1', 'C2'];

type Question = Pick<CategoryDefinition, 'question' | 'need' | 'openQuestion'>;
type Place = Partial<Pick<CategoryDefinition, 'alwaysNeeded' | 'follows' | 'yardstick'>>;

function define(id: Category, question: Question, place: Place = {}): CategoryDefinition {
  return { id, ...question, alwaysNeeded: place.alwaysNeeded ?? false, follows: place.follows ?? [], ...yard(place) };
}

const yard = ({ yardstick }: Place): Pick<CategoryDefinition, 'yardstick'> => (yardstick ? { yardstick } : {});

/**
 * The 24 categories in the order of `CATEGORIES`. `need` is what criterion C2 asks, always a property that a record or a
 * file of a package can prove; where none can (a contract, a price), C2 stays unknown and the question goes to a person.
 */
export const CATEGORY_DEFINITIONS: readonly CategoryDefinition[] = [
  define(
    'runtime',
    {
      question: 'Which runtime executes the service?',
      need: 'a release line with long-term support covers the life of the service',
      openQuestion: 'Which runtime and which major version must the service run on, and until when?',
    },
    { alwaysNeeded: true, yardstick: EVERY_KIND },
  ),
  define(
    'framework-web',
    {
      question: 'Which framework serves the HTTP interface?',
      need: 'request bodies are checked against a schema by the core',
      openQuestion: 'Does the service have an HTTP interface, and must it fit a framework the team already runs?',
    },
    { follows: ['runtime'] },
  ),
  define(
    'api-style',
    {
      question: 'In which style is the interface offered to its callers?',
      need: 'the interface has a machine-readable contract from which a caller in any language generates a client',
      openQuestion: 'Who calls the interface: own front ends only, other teams, or the public?',
    },
    { alwaysNeeded: true, follows: ['framework-web'] },
  ),
  define(
    'validation',
    {
      question: 'Which schema engine checks what comes in?',
      need: 'a schema is, or can be given out as, JSON Schema, so that one source checks and describes the interface',
      openQuestion: 'Must the same schemas also describe the interface to other teams?',
    },
    { follows: ['framework-web'] },
  ),
  define(
    'database-primary',
    {
      question: 'Which database holds the truth?',
      need: 'processes on several machines change rows of several tables in one transaction',
      openQuestion: 'Which data must never be lost, how much of it is there, and who operates databases today?',
    },
    // Its options are servers: what their drivers depend on says nothing about them.
    { alwaysNeeded: true, yardstick: EVERY_KIND },
  ),
  define(
    'orm-query',
    {
      question: 'How does the code talk to the database?',
      need: 'row locks with "skip locked" can be written in the typed API',
      openQuestion: 'Does the team want to write SQL, or to keep it behind objects?',
    },
    { follows: ['database-primary'] },
  ),
  define(
    'migrations',
    {
      question: 'Which tool changes the database schema?',
      need: 'two processes that start at once cannot run a migration twice: the tool takes a lock',
      openQuestion: 'Who may change the schema in production, and do deployments run while it changes?',
    },
    { follows: ['orm-query'] },
  ),
  define('cache', {
    question: 'Where are answers kept that are costly to make?',
    need: 'parallel misses of one key are loaded once',
    openQuestion: 'How old may an answer be, in seconds, before it is wrong?',
  }),
  define(
    'search-engine',
    {
      question: 'What answers searches?',
      need: 'a search sees a change as soon as its transaction is committed',
      openQuestion: 'Must search forgive typing errors or rank results?',
    },
    { follows: ['database-primary'], yardstick: EVERY_KIND },
  ),
  define(
    'vector-store',
    {
      question: 'Where are embeddings stored and searched?',
      need: 'a vector is written in the transaction of the row it belongs to',
      openQuestion: 'How many vectors of how many dimensions, and which share of the true neighbours must be found?',
    },
    { follows: ['database-primary'] },
  ),
  define(
    'queue-jobs',
    {
      question: 'Which queue runs the background jobs?',
      need: 'a job can be added in the transaction of the caller',
      openQuestion: 'Which work may be done after the answer was sent, and how late at most?',
    },
    { follows: ['database-primary'] },
  ),
  define(
    'scheduling',
    {
      question: 'What starts work at a given time?',
      need: 'a schedule that is due on several processes runs once',
      openQuestion: 'Which work starts by the clock, and what happens to a run that was missed?',
    },
    { follows: ['queue-jobs'] },
  ),
  define('authentication', {
    question: 'How does the service know who is calling?',
    need: 'a session can be ended on the server before it expires',
    openQuestion: 'Who signs in, with which methods, and is there an identity provider already?',
  }),
  define(
    'authorization',
    {
      question: 'What decides who may do what?',
      need: 'a rule can depend on fields of the record that is asked for (owner, tenant, state)',
      openQuestion: 'Which roles are there, and does a right depend on the record itself?',
    },
    { follows: ['authentication'] },
  ),
  define(
    'secrets-config',
    {
      question: 'How do settings and secrets reach the process?',
      need: 'missing and wrong settings are named at the start, before the first request',
      openQuestion: 'Where are secrets kept today, and how are they rotated?',
    },
    { alwaysNeeded: true },
  ),
  define('file-storage', {
    question: 'Where are files kept?',
    need: 'a client can upload straight to the store with a signed address that expires',
    openQuestion: 'In which region must files stay, how large are they, and when are they deleted?',
  }),
  define('email-notification', {
    question: 'What sends messages to people?',
    need: 'a send that is repeated with the same key delivers one message',
    openQuestion: 'Which messages are wanted on which channel, and may addresses go to a provider outside the EU?',
  }),
  define('payments', {
    question: 'Who takes the money?',
    need: "the buyer's money can be held until a later event and then captured, refunded or paid on",
    openQuestion: 'How long lies between order and capture, who is merchant of record, and in which countries?',
  }),
  define(
    'observability',
    {
      question: 'What shows how the service behaves?',
      need: 'traces, metrics and logs leave in one vendor-neutral protocol (OTLP)',
      openQuestion: 'Which monitoring is already run, and who is called when a limit is broken?',
    },
    { alwaysNeeded: true },
  ),
  define(
    'analytics',
    {
      question: 'What answers questions over many records?',
      need: 'events can be joined with the business tables in SQL without copying them first',
      openQuestion: 'How many events a day, over which period, and how fresh must an answer be?',
    },
    { follows: ['database-primary'], yardstick: EVERY_KIND },
  ),
  define(
    'testing',
    {
      question: 'What runs the tests?',
      need: 'tests in TypeScript run without a transformer that has to be added and configured',
      openQuestion: 'Which tests exist, and how long may the whole suite take?',
    },
    { alwaysNeeded: true, follows: ['runtime'] },
  ),
  define(
    'ci-cd',
    {
      question: 'What builds, checks and delivers the code?',
      need: 'a failed check blocks the merge and the delivery',
      openQuestion: 'Where is the code hosted, and who may deliver to production?',
    },
    { alwaysNeeded: true, yardstick: EVERY_KIND },
  ),
  define(
    'iac-hosting',
    {
      question: 'Where does it run, and what describes that place?',
      need: 'the description is checked by the compiler of the language the team writes',
      openQuestion: 'Where does it run today, and what are the targets for availability, recovery time and data loss?',
    },
    { alwaysNeeded: true, yardstick: EVERY_KIND },
  ),
  define('llm-provider', {
    question: 'Which language model is called, and through what?',
    need: 'an answer can be forced into a JSON Schema',
    openQuestion: 'Which data may leave for a model provider, and what may a day of calls cost?',
  }),
];
