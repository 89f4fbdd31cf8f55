import type { Candidate } from '../research.types.js';
import { CHECKED, listed, note, npm, quoted } from './candidate-builder.js';

export const VECTOR_STORE: readonly Candidate[] = [
  npm('vector-store', 'pgvector', 'pgvector', {
    companions: ['pg'],
    needsServers: ['postgresql'],
    // A vector is an ordinary column written through the caller's own connection.
    categoryNeed: quoted(1, 'README.md', "await client.query('INSERT INTO items (embedding) VALUES ($1)'"),
    brings: ['an extension must be installed in the database', 'index builds take memory of the primary database'],
    notes: [note('The extension is a separate install on the server.', 'https://github.com/pgvector/pgvector')],
  }),
  npm('vector-store', '@qdrant/js-client-rest', 'Qdrant', {
    needsServers: ['qdrant'],
    brings: ['vectors are a second copy, filled and rebuilt by code of its own'],
    serverLicense: { spdx: 'Apache-2.0', url: 'https://github.com/qdrant/qdrant', date: CHECKED },
  }),
  npm('vector-store', 'weaviate-client', 'Weaviate', {
    needsServers: ['weaviate'],
    brings: ['vectors are a second copy, filled and rebuilt by code of its own'],
    serverLicense: { spdx: 'BSD-3-Clause', url: 'https://github.com/weaviate/weaviate', date: CHECKED },
  }),
  npm('vector-store', '@lancedb/lancedb', 'LanceDB', {
    brings: ['runs inside the process; its files need a place of their own'],
  }),
  ...listed(
    'vector-store',
    'python',
    ['pgvector', 'pgvector', { needsServers: ['postgresql'] }],
    ['qdrant-client', 'Qdrant', { needsServers: ['qdrant'] }],
    ['chromadb', 'Chroma', { names: ['chromadb', 'chroma db'] }],
  ),
  ...listed(
    'vector-store',
    'java',
    ['com.pgvector:pgvector', 'pgvector', { needsServers: ['postgresql'] }],
    ['io.qdrant:client', 'Qdrant', { needsServers: ['qdrant'] }],
  ),
  ...listed(
    'vector-store',
    'go',
    ['github.com/pgvector/pgvector-go', 'pgvector', { needsServers: ['postgresql'] }],
    ['github.com/qdrant/go-client', 'Qdrant', { needsServers: ['qdrant'] }],
  ),
];
