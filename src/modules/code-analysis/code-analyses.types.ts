import type { Confidence, Endpoint, SkippedFile, StackEntry } from './code-analysis.types.js';
import type { LeftOutFile } from './intake/intake.types.js';
import type { LeftOutCounts } from './intake/select-files.js';

export const ENDPOINT_TYPES = ['rest', 'graphql', 'grpc'] as const;
export type EndpointType = (typeof ENDPOINT_TYPES)[number];

export const CONFIDENCES = ['high', 'medium', 'low'] as const satisfies readonly Confidence[];

/** What was found in a code base. */
export interface CodeFindings {
  readonly stack: readonly StackEntry[];
  /** In the order of the linker. */
  readonly endpoints: readonly Endpoint[];
  /** Files that could not be parsed, and why. */
  readonly skipped: readonly SkippedFile[];
}

/** What came of an upload: what is kept of it, and what is not. */
export interface Intake {
  /** Sorted by path. */
  readonly files: readonly HashedFile[];
  /** Of all paths and contents: two uploads with the same one are the same code. */
  readonly contentSha256: string;
  /** Files by language, as linguist names it. */
  readonly filesByType: Readonly<Record<string, number>>;
  readonly leftOut: readonly LeftOutFile[];
  readonly lockFiles: readonly string[];
}

export interface HashedFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** A row of `code_analyses`. */
export interface AnalysisRecord {
  readonly id: string;
  readonly contentSha256: string;
  readonly jobId: string;
  readonly files: number;
  readonly bytes: number;
  readonly filesByType: Readonly<Record<string, number>>;
  readonly leftOut: LeftOutCounts;
  readonly leftOutFiles: readonly LeftOutFile[];
  readonly lockFiles: readonly string[];
  readonly stack: readonly StackEntry[] | null;
  readonly endpoints: number | null;
  readonly skipped: readonly SkippedFile[] | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
}

/** GraphQL fields and gRPC methods are told from the rest by their framework and method. */
export function typeOfEndpoint({ method, framework }: Pick<Endpoint, 'method' | 'framework'>): EndpointType {
  if (/^(?:QUERY|MUTATION|SUBSCRIPTION)$/.test(method)) return 'graphql';
  return framework === 'grpc' ? 'grpc' : 'rest';
}
