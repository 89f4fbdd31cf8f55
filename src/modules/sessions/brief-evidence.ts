/** The brief as evidence: its canonical JSON, by hash, so that a need can be checked like any other claim. */
import { canonicalJson, sha256Of } from '../../shared/canonical-json/canonical-json.js';
import type { EvidencePiece } from '../research/research.types.js';
import type { Brief } from './sessions.types.js';

export function briefEvidence(brief: Brief, fetchedAt: Date): EvidencePiece {
  const body = canonicalJson(brief);
  return {
    sha256: sha256Of(body),
    source: 'brief',
    title: `brief ${brief.name}`,
    mediaType: 'application/json',
    body,
    fetchedAt: fetchedAt.toISOString(),
  };
}
