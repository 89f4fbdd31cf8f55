import type { WorkspaceScope } from '../database/workspace-scope.js';

/** One use of an `Idempotency-Key`: where, by which key, with which payload. */
export interface IdempotentRequest {
  readonly scope: WorkspaceScope;
  /** Route template, `POST /v1/sessions`: the same key on two routes is two keys. */
  readonly route: string;
  /** As the client sent it; `undefined` runs the work without any record. */
  readonly key: string | undefined;
  /** What is compared on a second use; any JSON value. */
  readonly payload: unknown;
}

/** An answer as it went out first and as it is replayed. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON value. */
  readonly body: unknown;
}

export interface IdempotentAnswer extends StoredAnswer {
  /** True when the answer is that of an earlier request. */
  readonly replayed: boolean;
}
