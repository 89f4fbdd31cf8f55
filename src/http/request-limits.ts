import type { FastifyReply, FastifyRequest } from 'fastify';
import './fastify-request.js';
import { AppError } from '../shared/errors/app-error.js';
import type { LimitClass, LimitDecision } from '../shared/rate-limit/rate-limit.types.js';

export type LimitPolicy = LimitClass | 'address';

/** What the buckets said to one request, for the headers of its answer. */
export class RequestLimits {
  private readonly asked: { readonly policy: LimitPolicy; readonly decision: LimitDecision }[] = [];
  /** Takes one more call from a bucket of its key; absent where nothing is limited. */
  charge?: (policy: LimitClass) => Promise<void>;
  /** Gives back the request's place among those of its key that are under way; told once, however the request ends. */
  private release?: () => void;
  private isOver = false;

  /** A client may have gone away while its limits were asked for: then its place is given back at once. */
  holds(release: () => void): void {
    if (this.isOver) release();
    else this.release = release;
  }

  ended(): void {
    this.isOver = true;
    this.release?.();
    this.release = undefined;
  }

  note(policy: LimitPolicy, decision: LimitDecision): void {
    // Once the key is known, its buckets are what the caller should look at.
    if (policy !== 'address' && this.asked[0]?.policy === 'address') this.asked.length = 0;
    this.asked.push({ policy, decision });
  }

  /**
   * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): limit and seconds of the window, calls that are
   * left and seconds until the window ends or, when none is left, until one is. The `X-RateLimit-*` names tell the scarcest.
   */
  stamp(reply: FastifyReply): void {
    const [first, second] = this.asked;
    if (first === undefined) return;
    let policies = policyOf(first.policy, first.decision);
    let states = stateOf(first.policy, first.decision);
    let { decision } = first;
    if (second !== undefined) {
      policies += `, ${policyOf(second.policy, second.decision)}`;
      states += `, ${stateOf(second.policy, second.decision)}`;
      if (second.decision.remaining < decision.remaining) ({ decision } = second);
    }
    void reply.headers({
      'ratelimit-policy': policies,
      ratelimit: states,
      'x-ratelimit-limit': String(decision.limit),
      'x-ratelimit-remaining': String(decision.remaining),
      'x-ratelimit-reset': String(secondsOf(decision)),
    });
  }
}

/**
 * For handlers that find out what a call costs, beside the call itself.
 * @throws AppError 429 `rate_limited`
 */
export async function charge({ limits }: FastifyRequest, policy: LimitClass): Promise<void> {
  await limits?.charge?.(policy);
}

/** 429 with the remedy in words and in Retry-After. */
export function tooMany(policy: LimitPolicy, decision: LimitDecision): AppError {
  const seconds = secondsOf(decision);
  const window = decision.windowMs >= 3_600_000 ? 'hour' : 'minute';
  const whose =
    policy === 'address' ? 'from one address' : policy === 'default' ? 'with one key' : `of the kind "${policy}"`;
  return new AppError(
    'limited',
    'rate_limited',
    `There may be ${decision.limit} calls ${whose} in a ${window}: wait ${seconds} s (Retry-After), and see the RateLimit header of each answer.`,
    { retryAfter: seconds },
  );
}

const secondsOf = ({ resetMs }: LimitDecision) => Math.ceil(resetMs / 1000);
const policyOf = (policy: LimitPolicy, { limit, windowMs }: LimitDecision) =>
  `"${policy}";q=${limit};w=${windowMs / 1000}`;
const stateOf = (policy: LimitPolicy, decision: LimitDecision) =>
  `"${policy}";r=${decision.remaining};t=${secondsOf(decision)}`;
