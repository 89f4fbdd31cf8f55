import { createHash } from 'node:crypto';
import type { EvidencePiece, Sha256 } from '../research.types.js';

/** Lower-case hex SHA-256 of text in UTF-8. */
export function sha256Of(body: string | Buffer): Sha256 {
  return createHash('sha256').update(body).digest('hex');
}

/** A piece of evidence; its name is the hash of its body and of nothing else. */
export function pieceOf(parts: Omit<EvidencePiece, 'sha256'>): EvidencePiece {
  return { ...parts, sha256: sha256Of(parts.body) };
}
