import type { FastifyReply, FastifyRequest } from 'fastify';
import './fastify-request.js';
import { AppError } from '../shared/errors/app-error.js';
import type { LimitClass, LimitDecision } from '../shared/rate-limit/rate-limit.types.js';

export type LimitPolicy = LimitClass | 'address';

interface PlaceGiver {
  take(request: FastifyRequest, policy: LimitPolicy, keyId: string): void | Promise<void>;
  leave(keyId: string): void;
}

interface Asked {
  readonly policy: LimitPolicy;
  readonly decision: LimitDecision;
}

/** What the buckets said to one request, for the headers of its answer. */
export class RequestLimits {
  /** Once the key is known, its buckets are what the caller should look at, and not its address's. */
  private ofAddress?: Asked;
  private readonly ofKey: Asked[] = [];
  /** Guards may be asked twice about one request, which is counted once. */
  isAddressCounted = false;
  isKeyCounted = false;
  /** Who gave the request a place among those of its key that are under way, and under which key. */
  private place?: { readonly giver: PlaceGiver; readonly keyId: string };
  private isOver = false;

  /** A client may have gone away while its limits were asked for: then its place is given back at once. */
  holds(giver: PlaceGiver, keyId: string): void {
    if (this.isOver) giver.leave(keyId);
    else this.place = { giver, keyId };
  }

  /** Gives the place back; told once, however the request ends. */
  ended(): void {
    this.isOver = true;
    this.place?.giver.leave(this.place.keyId);
    this.place = undefined;
  }

  /** Takes one more call of `request`, whose limits these are, from a bucket of its key; nothing where nothing is limited. */
  async charge(request: FastifyRequest, policy: LimitClass): Promise<void> {
    await this.place?.giver.take(request, policy, this.place.keyId);
  }

  note(policy: LimitPolicy, decision: LimitDecision): void {
    if (policy === 'address') this.ofAddress = { policy, decision };
    else this.ofKey.push({ policy, decision });
  }

  get wasAsked(): boolean {
    return this.ofAddress !== undefined || this.ofKey.length > 0;
  }

  /** Puts the headers on an answer; none where no bucket was asked. */
  stamp(reply: FastifyReply): void {
    this.writeTo((name, value) => void reply.header(name, value));
  }

  /**
   * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): limit and seconds of the window, calls that are
   * left and seconds until the window ends or, when none is left, until one is. The `X-RateLimit-*` names tell the scarcest.
   */
  writeTo(write: (name: string, value: string) => void): void {
    const first = this.ofKey[0] ?? this.ofAddress;
    if (first === undefined) return;
    let policies = policyOf(first);
    let states = stateOf(first);
    let { decision } = first;
    const second = this.ofKey[1];
    if (second !== undefined) {
      policies += `, ${policyOf(second)}`;
      states += `, ${stateOf(second)}`;
      if (second.decision.remaining < decision.remaining) ({ decision } = second);
    }
    write('ratelimit-policy', policies);
    write('ratelimit', states);
    write('x-ratelimit-limit', String(decision.limit));
    write('x-ratelimit-remaining', String(decision.remaining));
    write('x-ratelimit-reset', String(secondsOf(decision)));
  }
}

/**
 * For handlers that find out what a call costs, beside the call itself.
 * @throws AppError 429 `rate_limited`
 */
export async function charge(request: FastifyRequest, policy: LimitClass): Promise<void> {
  await request.limits?.charge(request, policy);
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
const policyOf = ({ policy, decision: { limit, windowMs } }: Asked) => `"${policy}";q=${limit};w=${windowMs / 1000}`;
const stateOf = ({ policy, decision }: Asked) => `"${policy}";r=${decision.remaining};t=${secondsOf(decision)}`;
