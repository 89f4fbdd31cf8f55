import type { Deadline } from '../shared/deadline/deadline.js';
import type { CodedForms } from './coded-forms.js';
import type { RequestIdentity } from './request-identity.js';
import type { RequestLimits } from './request-limits.js';
import type { ResponseFacts } from './response-cache-headers.js';
import type { RequestTiming } from './request-timing.js';

/** What our hooks and guards leave on a request. */
declare module 'fastify' {
  interface FastifyInstance {
    /** Puts on an answer what hooks would, where the server refuses a request before any of them runs. */
    stampRefusal: (request: FastifyRequest, reply: FastifyReply) => void;
  }
  interface FastifyRequest {
    identity?: RequestIdentity;
    timing: RequestTiming | null;
    limits: RequestLimits | null;
    /** From when it was received until its answer begins. */
    deadline: Deadline | null;
  }
  interface FastifyReply {
    /** The answer is in the coding it is to be sent in, and its headers say so. */
    isCoded: boolean;
    /** How the response cache answered; null where it was not asked. */
    cacheOutcome: ResponseFacts['outcome'] | null;
    /** Set by who gives one body many times: what it is in each coding is kept there. */
    codedForms: CodedForms | null;
    /** It goes to a caller that came over plain http although there is an https address. */
    isInClear: boolean;
  }
}
