/** Which refusals a call can meet, from its shape. */
export interface CallShape {
  readonly keyed: boolean;
  readonly limited: boolean;
  /** The body of any call but GET is read, and refused when it is broken, also where nothing asks for one. */
  readonly mayHaveBody: boolean;
  readonly hasInput: boolean;
  readonly hasId: boolean;
  /** Takes an Idempotency-Key. */
  readonly isIdempotent: boolean;
}

interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  /** Absent: routes that can answer it say so. */
  readonly when?: (shape: CallShape) => boolean;
}

const always = () => true;
const keyed = ({ keyed: needed }: CallShape) => needed;
const withBody = ({ mayHaveBody }: CallShape) => mayHaveBody;
const withId = ({ hasId }: CallShape) => hasId;
const withIdempotency = ({ isIdempotent }: CallShape) => isIdempotent;

const REFUSALS: readonly Refusal[] = [
  {
    status: 400,
    title: 'Bad Request',
    code: 'malformed_request',
    detail: 'The address holds a broken percent-encoding.',
    when: always,
  },
  {
    status: 401,
    title: 'Unauthorized',
    code: 'key_not_valid',
    detail: 'The API key is unknown, revoked or wrong.',
    when: keyed,
  },
  {
    status: 403,
    title: 'Forbidden',
    code: 'role_too_low',
    detail: 'This call needs a key with the role operator or higher.',
    when: keyed,
  },
  {
    status: 404,
    title: 'Not Found',
    code: 'session_unknown',
    detail: 'There is no session with this id; GET /v1/sessions lists yours.',
    when: withId,
  },
  {
    status: 406,
    title: 'Not Acceptable',
    code: 'not_acceptable',
    detail: 'This address answers with application/json; leave Accept out for the first of them.',
    when: always,
  },
  {
    status: 408,
    title: 'Request Timeout',
    code: 'request_timeout',
    detail: 'The request was not sent completely within 10 seconds.',
    when: always,
  },
  {
    status: 409,
    title: 'Conflict',
    code: 'idempotency_in_flight',
    detail:
      'The first request with this Idempotency-Key is still being answered. Repeat this one in a second to get its answer.',
    when: withIdempotency,
  },
  {
    status: 410,
    title: 'Gone',
    code: 'evidence_removed',
    detail: 'This evidence was removed.',
  },
  {
    status: 412,
    title: 'Precondition Failed',
    code: 'criteria_changed',
    detail: 'The criteria were changed since you read them; read them again and repeat your change.',
  },
  {
    status: 413,
    title: 'Content Too Large',
    code: 'body_too_large',
    detail: 'The body is too large: JSON may have 256 KB.',
    when: withBody,
  },
  {
    status: 414,
    title: 'URI Too Long',
    code: 'uri_too_long',
    detail: 'The address may have 8192 characters.',
    when: always,
  },
  {
    status: 415,
    title: 'Unsupported Media Type',
    code: 'unsupported_media_type',
    detail: 'Send the body as application/json and name it in Content-Type.',
    when: always,
  },
  {
    status: 421,
    title: 'Misdirected Request',
    code: 'host_not_served',
    detail: 'Without TECHSPEC_API_KEY only localhost, 127.0.0.1 and [::1] are served.',
    when: always,
  },
  {
    status: 422,
    title: 'Unprocessable Content',
    code: 'invalid_input',
    detail: 'The input has one mistake; errors says where.',
    when: ({ hasInput }) => hasInput,
  },
  {
    status: 429,
    title: 'Too Many Requests',
    code: 'rate_limited',
    detail:
      'There may be 100 calls with one key in a minute: wait 12 s (Retry-After), and see the RateLimit header of each answer.',
    when: ({ limited }) => limited,
  },
  {
    status: 431,
    title: 'Request Header Fields Too Large',
    code: 'headers_too_large',
    detail: 'Headers may have 16 KB together.',
    when: always,
  },
  {
    status: 500,
    title: 'Internal Server Error',
    code: 'internal_error',
    detail: 'Something went wrong on our side; it is logged under the request id.',
    when: always,
  },
  {
    status: 503,
    title: 'Service Unavailable',
    code: 'database_unavailable',
    detail: 'The database is away; try again shortly.',
    when: always,
  },
  {
    status: 507,
    title: 'Insufficient Storage',
    code: 'disk_full',
    detail: 'The disk of the database is full: nothing was stored. Free space and try again.',
    when: withBody,
  },
];

const PROBLEM_REF = { $ref: '#/components/schemas/Problem' };

/** Statuses after which a new try makes sense. */
const AGAIN: ReadonlySet<number> = new Set([429, 503]);

/** Responses of all refusals the call can meet, each with its schema and an example. */
export function problemResponses(shape: CallShape): Record<string, object> {
  const refusals = REFUSALS.filter(({ when }) => when?.(shape));
  return Object.fromEntries(refusals.map((refusal) => [String(refusal.status), responseOf(refusal)]));
}

/** The responses a route declares, with schema and example for its refusals. */
export function withProblems<T extends object>(declared: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(declared).map(([status, response]) => {
      const refusal = REFUSALS.find((one) => String(one.status) === status);
      return [status, refusal && !('content' in response) ? { ...responseOf(refusal), ...response } : response];
    }),
  );
}

function responseOf({ status, title, code, detail }: Refusal): object {
  return {
    description: `${title} (docs: /docs#error-${code})`,
    content: { 'application/problem+json': { schema: PROBLEM_REF, example: exampleOf(status, title, code, detail) } },
    ...(AGAIN.has(status)
      ? { headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } } }
      : {}),
  };
}

function exampleOf(status: number, title: string, code: string, detail: string): object {
  const errors = status === 422 ? { errors: [{ pointer: '/brief/projectType', message: 'is missing' }] } : {};
  const requestId = '3c2d6a0e-5f0a-4c55-9f52-6a8f0f6d2a11';
  return { type: `/docs#error-${code}`, title, status, detail, instance: '/v1/sessions', code, requestId, ...errors };
}

export function problemSchema(): object {
  const text = (description: string) => ({ type: 'string', description });
  return {
    type: 'object',
    description: 'RFC 9457',
    required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
    properties: {
      type: text('Address of what the code means'),
      title: text('Name of the status'),
      status: { type: 'integer' },
      detail: text('What is wrong and what to do'),
      instance: text('Path of the request'),
      code: text('Stable; switch on this'),
      requestId: text('Id of the request in the logs'),
      errors: {
        type: 'array',
        description: 'All mistakes of the input at once',
        items: {
          type: 'object',
          required: ['pointer', 'message'],
          properties: {
            pointer: text('JSON pointer into the body, or ?name for a query parameter'),
            message: text('What is wrong there'),
          },
        },
      },
    },
  };
}
