/** Rules about data: search, uniqueness, order, exchange, meaning. */
import type { LexiconRule } from './lexicon.types.js';

export const DATA_RULES: readonly LexiconRule[] = [
  {
    id: 'SEARCH-FIELDS',
    words: /\bsearch(?:ed|es|able|ing)?\b[^.;]{0,60}\bby\b[^.;]{1,80}/iu,
    opens: ['search-engine'],
    meaning: 'structured fields named, no free text named',
  },
  {
    id: 'SEARCH-TEXT',
    words:
      /\b(?:full[- ]text|free[- ]text|fuzzy|typos?|typing errors|relevance|ranked|autocomplete|suggestions?|faceted)\b/iu,
    opens: ['search-engine'],
    meaning: 'free text: ranking and typing errors matter',
  },
  { id: 'SEARCH-1', words: /\bsearch(?:ed|es|ing)?\b/iu, opens: ['search-engine'], meaning: 'something is searched' },
  {
    id: 'FILTER-1',
    words: /\b(?:filter(?:s|ed)?|sort(?:s|ed)?|drill[- ]down|group(?:ed)? by)\b/iu,
    opens: [],
    meaning: 'a query by chosen fields: names through a fixed list',
  },
  {
    id: 'UNIQUE-1',
    words:
      /\b(?:never (?:be )?(?:sold|booked|billed|charged|counted|sent) twice|at most once|oversell(?:ing)?|oversold|double[- ]book(?:ed|ing)s?|no duplicates?|unique)\b/iu,
    opens: [],
    meaning: 'at most one: needs a constraint in the database',
  },
  {
    id: 'IDEMPOTENT-1',
    words:
      /\b(?:exactly once|arrive twice|sent twice|more than once|duplicates?|idempoten(?:t|ce|cy)|retr(?:y|ies|ied)|repeated)\b/iu,
    opens: [],
    meaning: 'a repeated message has one effect: needs an id and a memory',
  },
  {
    id: 'ORDERING-1',
    words: /\b(?:out of order|in (?:the )?(?:right |same |correct )?order\b(?! to)|sequence|chronological)/iu,
    opens: [],
    meaning: 'order of arrival is not order of events',
  },
  {
    id: 'STOCK-1',
    words: /\b(?:stock|inventory|(?<!per )seats?|availability of|capacity of)\b/iu,
    opens: [],
    meaning: 'a limited resource: two takers meet at one row',
  },
  {
    id: 'IMPORT-1',
    words: /\b(?:import(?:s|ed)?|feeds?|ingest(?:s|ed|ion)?|loaded from|comes? from|migrat(?:e|ed|ion)|legacy)\b/iu,
    opens: ['queue-jobs'],
    meaning: 'data of others: reject by row, tell which',
  },
  {
    id: 'EXPORT-1',
    words: /\b(?:export(?:s|ed)?|download(?:s|ed)?|Excel|XLSX|spreadsheets?)\b/iu,
    opens: ['file-storage'],
    meaning: 'a file made on demand: streamed, not built in memory',
  },
  { id: 'CSV-1', words: /\bCSV\b/iu, opens: [], meaning: 'a format with dialects: separator, decimal sign, encoding' },
  {
    id: 'AGGREGATE-1',
    words:
      /\b(?:averages?|aggregat(?:e|es|ed|ion)|roll-?ups?|totals?|sums?|hourly (?:values|averages|means)|downsampl(?:ed|ing))\b/iu,
    opens: [],
    meaning: 'derived figures: late data must correct them',
  },
  {
    id: 'GEO-1',
    words: /\b(?:maps?|GPS|locations?|positions?|routes?|geofenc(?:e|es|ing)|nearby|within \d+ km)\b/iu,
    opens: [],
    meaning: 'places: distance queries and personal movement data',
  },
  {
    id: 'VERSION-1',
    words: /\b(?:version(?:s|ed|ing)?|history of changes|previous versions?|as it was)\b/iu,
    opens: [],
    meaning: 'old figures must be repeatable',
  },
  {
    id: 'LLM-1',
    words:
      /\b(?:plain (?:language|English)|natural language|chatbot|language models?|LLM|GPT|summari[sz](?:e|es|ed|ation)|AI assistant|generated text)\b/iu,
    opens: ['llm-provider'],
    meaning: 'a language model: answers need a check and a budget',
  },
  {
    id: 'VECTOR-1',
    words: /\b(?:semantic|similar (?:items|documents|products|images)|embeddings?|recommend(?:s|ed|ations?)|RAG)\b/iu,
    opens: ['vector-store'],
    meaning: 'nearness by vectors',
  },
  { id: 'CACHE-1', words: /\b(?:cached?|caching)\b/iu, opens: ['cache'], meaning: 'copies with an age' },
  {
    id: 'FORMULA-1',
    words: /\b(?:calculat(?:e|es|ed|ion)|comput(?:e|es|ed)|forecast(?:s|ing)?|KPIs?|metrics?|margins?)\b/iu,
    opens: [],
    meaning: 'a defined figure: one definition, tested by examples',
  },
  {
    id: 'LATE-1',
    words: /\b(?:late (?:data|arrivals?|readings|corrections)|corrected later|corrections)\b/iu,
    opens: [],
    meaning: 'closed figures change',
  },
  {
    id: 'CONSIST-1',
    words: /\b(?:consisten(?:t|cy)|in sync|reconcil(?:e|ed|iation)|same figures?)\b/iu,
    opens: [],
    meaning: 'two places must agree: when, and who wins',
  },
];
