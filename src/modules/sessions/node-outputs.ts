import type { Comparison } from '../research/comparison.types.js';
import type { CriteriaSet } from '../research/research.types.js';
import type { ReadBrief } from './brief/brief.types.js';
import type { Derivation } from './derivation/derivation.types.js';
import type { StackFact } from './gaps/gap.types.js';
import type { NodeName } from './sessions.types.js';

/** What each node leaves in `session_nodes.output` for those after it; read back when a phase starts in another process. */
export interface NodeOutputs {
  readonly ingest: { readonly briefSha256: string; readonly read: ReadBrief; readonly derivation: Derivation };
  readonly analyseCode: { readonly stack: readonly StackFact[] };
  readonly identifyGaps: { readonly gaps: number; readonly research: readonly string[] };
  readonly research: { readonly cached: boolean; readonly options: number; readonly degraded: readonly string[] };
  readonly score: {
    readonly criteria: CriteriaSet;
    readonly comparisons: readonly Comparison[];
    readonly open: readonly string[];
  };
  readonly writeDocument: { readonly claims: number; readonly requirements: number };
  readonly validate: { readonly sha256: string; readonly total: number | null };
  readonly complete: { readonly degraded: readonly DegradedReason[] };
}

export interface DegradedReason {
  /** Empty: not about one gap. */
  readonly gapId: string;
  readonly reason: string;
}

/** One output; an absent one is a broken chain, which no retry mends. */
export function outputOf<N extends NodeName & keyof NodeOutputs>(
  outputs: ReadonlyMap<NodeName, unknown>,
  node: N,
): NodeOutputs[N] {
  const output = outputs.get(node);
  if (output === undefined || output === null) throw new Error(`node ${node} has left no output`);
  return output as NodeOutputs[N];
}

/** As `outputOf`, for nodes without which the session goes on. */
export function outputIfDone<N extends NodeName & keyof NodeOutputs>(
  outputs: ReadonlyMap<NodeName, unknown>,
  node: N,
): NodeOutputs[N] | undefined {
  return (outputs.get(node) ?? undefined) as NodeOutputs[N] | undefined;
}
