import semver from 'semver';
import type { RawRecord, RegistryAnswer } from '../clients/npm-registry.client.js';
import { jsonOf } from '../evidence/piece-contents.js';
import type { UpstreamFact } from '../facts.repository.js';
import type { EvidencePiece, PackageRecord } from '../research.types.js';
import type { StoredFile, StoredRecord } from '../scoring/scoring.types.js';

/** A fact with its evidence; without piece that was removed. */
export type StoredFact = UpstreamFact & { readonly piece?: EvidencePiece };

/** What is known of a package; without `stored` the reason says why nothing is. */
export interface RegistryFact {
  readonly stored?: StoredRecord;
  /** Address of the package's contents, for single facts. */
  readonly tarball?: string;
  /** In words: why it is unknown, or why an older record is used. */
  readonly reason?: string;
  /** `true` when the source did not answer, as opposed to "there is none". */
  readonly degraded: boolean;
}

export interface RegistryFiles {
  readonly files: readonly StoredFile[];
  readonly reason?: string;
}

/** A record always comes from its stored text, so that a fresh answer and a remembered one are the same to scoring. */
export function factOf(name: string, { piece, facts }: StoredFact): RegistryFact {
  if (piece === undefined) return { reason: `the registry does not know ${name}`, degraded: false };
  return {
    stored: { record: jsonOf(piece) as PackageRecord, evidence: piece.sha256 },
    tarball: facts['tarball'],
    degraded: false,
  };
}

export const unknown = (reason: string): RegistryFact => ({ reason, degraded: true });

/**
 * What is stored of a package file: whose it is, an empty line, its text. Without the head, equal files of two packages
 * (`export {};`) would be one piece of evidence that speaks of whichever came first.
 */
export const fileSnapshot = (title: string, text: string) => `${title}\n\n${text}`;
const fileTextOf = (snapshot: string) => snapshot.slice(snapshot.indexOf('\n\n') + 2);

/** One object per piece, for as long as that lives, so that what is made of its text is made once. */
const files = new WeakMap<EvidencePiece, StoredFile>();

export function fileOf(name: string, path: string, piece: EvidencePiece): StoredFile {
  const known = files.get(piece) ?? { package: name, path, evidence: piece.sha256, body: fileTextOf(piece.body) };
  files.set(piece, known);
  return known;
}

export const fileUrl = (tarball: string, path: string) => `${tarball}#${path}`;

export const reasonOf = (answer: RegistryAnswer<unknown>): string =>
  'reason' in answer ? answer.reason : 'nothing was sent';

export function tarballOf(raw: RawRecord): Record<string, string> {
  const { dist } = raw;
  const tarball = typeof dist === 'object' && dist !== null && 'tarball' in dist ? dist.tarball : undefined;
  return typeof tarball === 'string' ? { tarball } : {};
}

/** Whether both are versions and the major number rose. */
export function isNewMajor(before: string | undefined, after: string | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const [older, newer] = [semver.parse(before), semver.parse(after)];
  return older !== null && newer !== null && newer.major > older.major;
}
