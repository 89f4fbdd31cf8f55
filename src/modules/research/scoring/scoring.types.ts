/** What the pure functions of this folder are given. Whoever fetches puts facts in here; nothing here fetches. */
import type { HardConstraints, PackageRecord, Sha256 } from '../research.types.js';

/** A package's record and the hash of the stored piece that holds it. */
export interface StoredRecord {
  readonly record: PackageRecord;
  readonly evidence: Sha256;
}

/** One file taken out of a package's contents and stored as evidence. */
export interface StoredFile {
  readonly package: string;
  /** Path inside the package, without a leading `./`: `dist/index.d.ts`. */
  readonly path: string;
  readonly evidence: Sha256;
  readonly body: string;
}

/** Everything known of one candidate. What is absent is unknown. */
export interface CandidateFacts {
  readonly own?: StoredRecord;
  /** Files that were looked up for single facts (category need, types). */
  readonly files?: readonly StoredFile[];
  /** Record of its `@types/…` companion, when it has one. */
  readonly typesPackage?: StoredRecord;
  /** Names of module-replacements' list, with the stored piece `{ mappings: { name: { moduleName } } }`. */
  readonly replacements?: { readonly names: ReadonlySet<string>; readonly evidence: Sha256 };
}

/** What the same facts are judged against. */
export interface ScoringContext {
  readonly constraints: HardConstraints;
  /** Slugs in use. */
  readonly inUse: readonly string[];
}
