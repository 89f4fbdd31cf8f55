/** What a call to an upstream came to; also the closed label set of `upstream_requests_total`. */
export const EGRESS_RESULTS = [
  'ok',
  'not_modified',
  'not_found',
  'client_error',
  'server_error',
  'limited',
  'timeout',
  'connect',
  'proxy',
  'certificate',
  'too_large',
  'redirect',
  'protocol',
  'breaker_open',
  'queue_full',
] as const;
export type EgressResult = (typeof EGRESS_RESULTS)[number];

export type BreakerState = 'closed' | 'half_open' | 'open';

/** Where counts go; metrics implement it, so that egress knows no metrics library. */
export interface EgressRecorder {
  /** One attempt over the wire, or one refusal before it. */
  request(upstream: string, result: EgressResult): void;
  /** `cause`: the failure that opened it, in words for the log. */
  breaker(upstream: string, state: BreakerState, cause?: string): void;
}

export interface BreakerOptions {
  /** Consecutive faults of the upstream after which calls fail at once. */
  readonly failures: number;
  /** Milliseconds until one trial call is let through. */
  readonly halfOpenAfterMs: number;
}

/**
 * One configured origin: exact scheme, host and port from the configuration. Deadline and byte cap are part of the
 * contract and have no default, so that no client can be made without them.
 */
export interface OriginOptions {
  /** Name in metrics and provenance; from a closed set, never a host from user input. */
  readonly upstream: string;
  /** Only scheme, host and port are used. May be private: an operator named it. */
  readonly origin: URL;
  /** Milliseconds for a whole call: waiting, retries and body included. */
  readonly deadlineMs: number;
  /** Bytes of a body, counted after decompression. */
  readonly maxBytes: number;
  /** Milliseconds for one attempt; the deadline when absent. */
  readonly attemptMs?: number;
  /** Milliseconds to connect, 2,500 by default: an unreachable address must not cost a session its time. */
  readonly connectMs?: number;
  /** Calls at once, 16 by default; further ones queue within their deadline. */
  readonly concurrency?: number;
  /** Calls that may wait, 1,024 by default. */
  readonly queue?: number;
  /** Attempts after the first, 2 by default, each paid from the retry budget. */
  readonly retries?: number;
  readonly breaker?: BreakerOptions;
  /** Value of the Authorization header; sent to this origin alone. */
  readonly authorization?: string;
  /** `http://user:secret@proxy:3128`; absent: direct, whatever the environment says. */
  readonly proxy?: string;
  /** PEM certificates that replace Node's default authorities. */
  readonly ca?: readonly string[];
  /** `false` accepts any certificate; only because npm's `strict-ssl` may say so. */
  readonly strictTls?: boolean;
}

export interface EgressRequest {
  /** Path and query, begins with `/`. */
  readonly path: string;
  readonly accept?: string;
  /** Sent as If-None-Match; a 304 then gives `notModified`. */
  readonly etag?: string;
  /** Shorter or longer than the origin's deadline, for this call. */
  readonly deadlineMs?: number;
  readonly attemptMs?: number;
}

/** Where an answer came from; stored with what was made of it. Never holds credentials. */
export interface Provenance {
  readonly upstream: string;
  readonly url: string;
  readonly status: number;
  readonly attempts: number;
  /** Bytes of the body that were read, decompressed. */
  readonly bytes: number;
  readonly durationMs: number;
  /** ISO 8601 */
  readonly fetchedAt: string;
  readonly etag?: string;
}

export interface EgressAnswer<T> {
  readonly status: number;
  /** What the reader made of a 2xx body; absent for every other status. */
  readonly value?: T;
  readonly notModified: boolean;
  readonly etag?: string;
  readonly provenance: Provenance;
}

/** Reads a body that is already decompressed and capped; may stop early. */
export type BodyReader<T> = (body: AsyncIterable<Buffer>) => Promise<T>;
