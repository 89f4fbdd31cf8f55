import { AppError } from '../errors/app-error.js';
import { ConnectFailure } from './connectors.js';
import type { EgressResult } from './egress.types.js';

const FAULTS: readonly EgressResult[] = ['timeout', 'connect', 'proxy', 'certificate', 'server_error', 'protocol'];
const REMEDY: Partial<Record<EgressResult, string>> = {
  timeout: 'did not answer in time; try again later or check the network',
  connect: 'could not be reached; check its address, the proxy and the network',
  proxy:
    'could not be called: the proxy refuses; check its user and password, and whether it lets this address through',
  certificate:
    'or its proxy shows a certificate that is not trusted; add its authority to the configured ones (cafile), or correct them',
  limited: 'asks for fewer calls; try again later',
  server_error: 'answered with an error of its own; try again later',
  too_large: 'sent more bytes than are accepted',
  redirect: 'redirects to another origin, which is never followed; configure the final address',
  protocol: 'sent something that is not a valid answer; check that the address is right',
  breaker_open: 'failed several times in a row and is left alone for some seconds',
  queue_full: 'has too many calls waiting; try again later',
};

/** An upstream that gave no usable answer. The message names the upstream and the remedy, never address or credentials. */
export class EgressError extends AppError {
  /** This process stood still meanwhile, so nothing is known of the upstream. */
  readonly slept: boolean;

  constructor(
    readonly upstream: string,
    readonly result: EgressResult,
    options: { readonly cause?: unknown; readonly retryAfter?: number; readonly slept?: boolean } = {},
  ) {
    super(
      result === 'timeout' ? 'upstream-timeout' : 'unavailable',
      `upstream_${result}`,
      `${upstream} ${REMEDY[result] ?? 'gave no usable answer'}`,
      options,
    );
    this.name = 'EgressError';
    this.slept = options.slept ?? false;
  }

  /** Whether the upstream is to blame, which is what opens the breaker. A 429 shows that it is alive. */
  get fault(): boolean {
    return !this.slept && FAULTS.includes(this.result);
  }

  /** Whether the same call may go well a moment later. */
  get transient(): boolean {
    return ['timeout', 'connect', 'server_error', 'limited'].includes(this.result);
  }
}

/** What Node and OpenSSL call a certificate that they refuse or can't read. */
const CERTIFICATE_CODE = /CERT|SIGNATURE|^INVALID_(?:CA|PURPOSE)$|^HOSTNAME_MISMATCH$|^ERR_OSSL_PEM|^ERR_OSSL_ASN1/;
const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const CUT_CODES = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ECONNABORTED',
]);

/** All codes of an error and of what caused it; read by shape, since errors of Node may come from another realm. */
function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, errors, cause } = error as {
    readonly code?: unknown;
    readonly errors?: unknown;
    readonly cause?: unknown;
  };
  const inner = Array.isArray(errors) ? errors.flatMap(codesOf) : codesOf(cause);
  return [...(typeof code === 'string' ? [code] : []), ...inner];
}

/** What is known of this process when a call failed. */
export interface FailedCall {
  /** Its deadline, or that of its attempt, is over. */
  readonly aborted: boolean;
  readonly slept: boolean;
}

/** Sorts an error of the wire: connection, time, or something that isn't HTTP. */
export function egressErrorOf(upstream: string, error: unknown, { aborted, slept }: FailedCall): EgressError {
  if (error instanceof EgressError) return error;
  return new EgressError(upstream, resultOf(error, aborted), { cause: error, slept });
}

function resultOf(error: unknown, aborted: boolean): EgressResult {
  const codes = codesOf(error);
  if (error instanceof ConnectFailure && error.refused) return 'proxy';
  if (codes.some((code) => CERTIFICATE_CODE.test(code))) return 'certificate';
  if (error instanceof ConnectFailure) return 'connect';
  if (aborted || codes.some((code) => TIMEOUT_CODES.has(code))) return 'timeout';
  // A connection that breaks off is worth another try, unlike garbage.
  return codes.some((code) => CUT_CODES.has(code)) ? 'connect' : 'protocol';
}
