import type { Candidate } from '../research.types.js';
import { builtIn, CHECKED, listed, npm, quoted } from './candidate-builder.js';

const OWN_INDEX = 'the index is a second copy of the data: filled, compared and rebuilt by code of its own';

export const SEARCH_ENGINE: readonly Candidate[] = [
  builtIn('search-engine', 'postgresql', 'PostgreSQL full text and indexes', ['postgresql'], {
    names: ['postgresql full text', 'postgres full text', 'full text of postgresql', 'tsvector', 'pg_trgm'],
    // A search document is a column value of the row it describes, so it commits with that row.
    categoryNeed: quoted(1, 'lib/builtins.d.ts', 'TSVECTOR = 3614', 'pg-types'),
    brings: ['one index per search path, each proven by its query plan', 'search load joins the primary database'],
  }),
  npm('search-engine', 'meilisearch', 'Meilisearch', {
    needsServers: ['meilisearch'],
    // Document writes are queued tasks: an answer does not mean that a search sees the change.
    categoryNeed: quoted(
      0,
      'dist/types/types.d.ts',
      'Options for task enqueue that apply to all document write operations.',
    ),
    brings: [OWN_INDEX],
    storesPersonalData: 'copies of the indexed records',
  }),
  npm('search-engine', 'typesense', 'Typesense', {
    needsServers: ['typesense'],
    brings: [OWN_INDEX],
    storesPersonalData: 'copies of the indexed records',
    serverLicense: { spdx: 'GPL-3.0-only', url: 'https://github.com/typesense/typesense', date: CHECKED },
  }),
  npm('search-engine', '@elastic/elasticsearch', 'Elasticsearch', {
    needsServers: ['elasticsearch'],
    brings: [OWN_INDEX],
    storesPersonalData: 'copies of the indexed records',
  }),
  npm('search-engine', '@opensearch-project/opensearch', 'OpenSearch', {
    needsServers: ['opensearch'],
    brings: [OWN_INDEX],
    storesPersonalData: 'copies of the indexed records',
    serverLicense: { spdx: 'Apache-2.0', url: 'https://github.com/opensearch-project/OpenSearch', date: CHECKED },
  }),
  ...listed(
    'search-engine',
    'python',
    ['elasticsearch', 'Elasticsearch', { needsServers: ['elasticsearch'] }],
    ['meilisearch', 'Meilisearch', { needsServers: ['meilisearch'] }],
    ['opensearch-py', 'OpenSearch', { needsServers: ['opensearch'] }],
  ),
  ...listed(
    'search-engine',
    'java',
    ['co.elastic.clients:elasticsearch-java', 'Elasticsearch', { needsServers: ['elasticsearch'] }],
    ['org.opensearch.client:opensearch-java', 'OpenSearch', { needsServers: ['opensearch'] }],
  ),
  ...listed(
    'search-engine',
    'go',
    ['github.com/elastic/go-elasticsearch/v9', 'Elasticsearch', { needsServers: ['elasticsearch'] }],
    ['github.com/meilisearch/meilisearch-go', 'Meilisearch', { needsServers: ['meilisearch'] }],
  ),
];
