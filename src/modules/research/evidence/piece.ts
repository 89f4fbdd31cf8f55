import { sha256Of } from '../../../shared/canonical-json/canonical-json.js';
import type { EvidencePiece } from '../research.types.js';

/** A piece of evidence; its name is the hash of its body and of nothing else. */
export function pieceOf(parts: Omit<EvidencePiece, 'sha256'>): EvidencePiece {
  return { ...parts, sha256: sha256Of(parts.body) };
}
