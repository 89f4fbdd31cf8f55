/** Rules about screens, reports and interfaces, and the words by which a brief limits the choice. */
import type { LexiconRule } from './lexicon.types.js';

export const INTERFACE_RULES: readonly LexiconRule[] = [
  {
    id: 'API-1',
    words: /\b(?:APIs?|REST|GraphQL|gRPC|OpenAPI|endpoints?)\b(?! keys?)/u,
    opens: ['api-style', 'validation'],
    meaning: 'an interface for programs: a contract that lasts',
  },
  {
    id: 'MOBILE-1',
    words: /\b(?:mobile apps?|iOS|Android|apps?)\b/u,
    opens: ['api-style'],
    meaning: 'old clients stay in use',
  },
  {
    id: 'WEB-1',
    words: /\b(?:web (?:shop|site|app(?:lication)?|interface|page)|website|browsers?|portal|shop front)\b/iu,
    opens: ['framework-web'],
    meaning: 'pages for browsers',
  },
  {
    id: 'DASHBOARD-1',
    words: /\bdashboards?\b/iu,
    opens: ['analytics', 'framework-web'],
    meaning: 'many queries at one click',
  },
  {
    id: 'REPORT-1',
    words: /\b(?:reports?|reporting|statistics|analytics)\b/iu,
    opens: ['analytics'],
    meaning: 'figures about the past: same question, same answer',
  },
  {
    id: 'CHART-1',
    words: /\b(?:charts?|graphs?|plots?|visuali[sz]ations?)\b/iu,
    opens: [],
    meaning: 'points per chart bound the query',
  },
  {
    id: 'A11Y-1',
    words: /\b(?:accessib(?:le|ility)|WCAG|screen readers?)\b/iu,
    opens: [],
    meaning: 'usable without mouse and sight; a level to name',
  },
  {
    id: 'I18N-1',
    words:
      /\b(?:languages|translat(?:ed|ions?)|multilingual|locali[sz](?:ed|ation)|Dutch|French|German|Spanish|Italian)\b/u,
    opens: [],
    meaning: 'texts per language: what is shown when one is missing',
  },
  {
    id: 'OFFLINE-1',
    words: /\b(?:offline|without (?:internet|connection))\b/iu,
    opens: [],
    meaning: 'two writers who do not see each other',
  },
  {
    id: 'PARTNER-1',
    words: /\b(?:partners?|integrat(?:e|es|ed|ions?))\b/iu,
    opens: ['api-style'],
    meaning: 'a contract with others',
  },
  {
    id: 'RESPONSE-1',
    quantity: (q) => q.kind === 'duration' && q.value <= 5 && q.qualifiers.some((m) => m === 'within' || m === 'under'),
    words: /\b(?:opens?|loads?|results?|pages?|answers?|responses?|shows?|shown|search)\b/iu,
    opens: [],
    meaning: 'a response time people feel',
  },
];

export const LIMIT_RULES: readonly LexiconRule[] = [
  {
    id: 'LICENCE-1',
    words:
      /\b(?:only )?(?:MIT|Apache-2\.0|Apache|BSD(?:-[23]-Clause)?|ISC|GPL|MPL-2\.0|open[- ]source|permissive)\b[^.;]{0,60}\blicen[cs]es?\b|\bno (?:A?GPL|copyleft)\b|\blicen[cs]es?\b[^.;]{0,30}\b(?:MIT|Apache|BSD|ISC)\b/iu,
    opens: [],
    meaning: 'hard constraint H1',
  },
  {
    id: 'IN-USE',
    words:
      /\b(?:already in use|in use|existing|is used|are used|(?:we|already) (?:already )?(?:use|run)|built (?:with|on)|runs on|given|mandatory)\b/iu,
    opens: [],
    meaning: 'a decision that is made',
  },
  {
    id: 'FORBID-1',
    words: /\b(?:without|no|not|never use|avoid|forbidden)\s+(?:use of\s+)?(?:[A-Z][\p{L}.]{2,20})\b/u,
    opens: [],
    meaning: 'a choice that is closed',
  },
];
