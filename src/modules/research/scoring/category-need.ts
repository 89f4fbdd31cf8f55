import type { Candidate, CategoryNeedFact, Citation } from '../research.types.js';
import { foldText } from '../evidence/piece-contents.js';
import type { CandidateFacts, StoredFile } from './scoring.types.js';
import { cite, resolvePointer } from './pointer.js';

/** Texts of files as the citation gate compares quotes: folding a large one takes longer than all else about its package. */
const folded = new WeakMap<StoredFile, string>();

function foldedTextOf(file: StoredFile): string {
  const known = folded.get(file);
  if (known !== undefined) return known;
  const text = foldText(file.body);
  folded.set(file, text);
  return text;
}

/**
 * The catalogue's claim about the category need, if what was fetched proves it **now**: the pointer exists (and equals) in
 * the current record, or the quote is in the current file. A claim that the newest release no longer bears is unknown.
 */
export function provenNeed(
  candidate: Candidate,
  facts: CandidateFacts,
): { readonly value: number; readonly citation: Citation } | undefined {
  const need = candidate.categoryNeed;
  if (!need) return undefined;
  const citation = need.proof.kind === 'file' ? quoted(candidate, need.proof, facts) : pointed(need.proof, facts);
  return citation && { value: need.value, citation };
}

type Proof<Kind extends CategoryNeedFact['proof']['kind']> = Extract<CategoryNeedFact['proof'], { kind: Kind }>;

function quoted(candidate: Candidate, proof: Proof<'file'>, { files }: CandidateFacts): Citation | undefined {
  const owner = proof.package ?? candidate.package;
  const file = files?.find(({ path, package: name }) => path === proof.file && name === owner);
  if (!file || !foldedTextOf(file).includes(foldText(proof.quote))) return undefined;
  return { evidence: file.evidence, quote: proof.quote };
}

function pointed({ pointer, equals }: Proof<'record'>, { own }: CandidateFacts): Citation | undefined {
  if (!own || (equals !== undefined && resolvePointer(own.record, pointer) !== equals)) return undefined;
  return cite(own.record, own.evidence, pointer);
}

/** The file that must be looked up to prove the need, if a file proves it: what a source has to fetch, and nothing else. */
export function fileToProve(candidate: Candidate): { readonly package: string; readonly path: string } | undefined {
  const proof = candidate.categoryNeed?.proof;
  if (proof?.kind !== 'file') return undefined;
  const owner = proof.package ?? candidate.package;
  return owner === undefined ? undefined : { package: owner, path: proof.file };
}
