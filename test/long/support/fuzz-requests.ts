import fc from 'fast-check';
import type { WireRequest } from './fuzz-client.js';
import type { Contract, Operation } from './fuzz-contract.js';
import { hostileBody, mutated } from './fuzz-bodies.js';
import { encodings, hostileHeaders, hostileText, targetTricks } from './fuzz-hostile.js';
import { valueOf } from './fuzz-values.js';
import type { GoodCall, World } from './fuzz-world.js';

/** A request before it is written down. */
interface Draft {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
}

type Change = (draft: Draft) => Draft;

const JSON_TYPE = ['content-type', 'application/json'] as const;

/** Requests of all operations: as described, with one thing wrong, and hostile throughout. */
export function requestsOf(contract: Contract, world: World): fc.Arbitrary<WireRequest> {
  return fc.constantFrom(...contract.operations).chain((operation) => {
    const valid = validDraft(contract, operation, world);
    return fc
      .oneof(
        { weight: 4, arbitrary: valid },
        { weight: 6, arbitrary: changed(valid, 1) },
        { weight: 3, arbitrary: changed(valid, 4) },
      )
      .map((draft) => wireOf(draft, world));
  });
}

/** The call of each operation that is known to succeed. */
export function goodRequest(operation: Operation, world: World): WireRequest {
  const good = world.good[operation.name] ?? {};
  const path = filled(operation.path, (name) => good.params?.[name] ?? '');
  return wireOf({ ...draftOf(operation, good), path, headers: headersOf(good, world.callers.admin) }, world);
}

function draftOf({ method, path }: Operation, { query = {}, headers = {}, body }: GoodCall): Draft {
  return {
    method,
    path,
    query: Object.entries(query),
    headers: Object.entries(headers),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

const headersOf = ({ headers = {}, body }: GoodCall, key: string): (readonly [string, string])[] => [
  ['authorization', `Bearer ${key}`],
  ...(body === undefined ? [] : [JSON_TYPE]),
  ...Object.entries(headers),
];

const filled = (path: string, value: (name: string) => string) =>
  path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(value(name)));

/** Name of the thing whose id a path holds: `session` in `/v1/sessions/{id}`. */
function thingOf(path: string, name: string): string {
  return name === 'id' ? (/\/([\w-]+?)s\/\{id\}/.exec(path)?.[1] ?? name) : name;
}

function validDraft(contract: Contract, operation: Operation, world: World): fc.Arbitrary<Draft> {
  const good = world.good[operation.name] ?? {};
  const named = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const params = fc.record(
    Object.fromEntries(
      named.map((name) => {
        const known = world.ids[thingOf(operation.path, name)] ?? ['unknown'];
        return [name, fc.oneof(fc.constant(good.params?.[name] ?? known[0]!), fc.constantFrom(...known))];
      }),
    ) as Record<string, fc.Arbitrary<string>>,
  );
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const query = fc.oneof(
    fc.constant(Object.entries(good.query ?? {})),
    fc
      .record(Object.fromEntries(inQuery.map(({ name, schema }) => [name, valueOf(contract, schema).map(String)])), {
        requiredKeys: [],
      })
      .map((values) => Object.entries(values) as [string, string][]),
  );
  const body =
    operation.body === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 2, arbitrary: fc.constant(good.body) },
          { weight: 1, arbitrary: mutated(good.body) },
          { weight: 1, arbitrary: valueOf(contract, operation.body) },
        );
  const key = fc.constantFrom(
    ...['admin', 'admin', 'admin', 'operator', 'viewer', 'foreign'].map((who) => world.callers[who as 'admin']),
  );
  return fc.record({ params, query, body, key, extra: usualHeaders }).map(({ params, query, body, key, extra }) => ({
    method: operation.method,
    path: filled(operation.path, (name) => params[name]!),
    query,
    headers: [...headersOf({ ...good, body }, key), ...extra],
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }));
}

/** What a decent client may send with any call. */
const usualHeaders = fc
  .record(
    {
      'x-request-id': fc.stringMatching(/^[\w-]{1,40}$/),
      accept: fc.constantFrom(
        '*/*',
        'application/json',
        'text/html',
        'text/markdown',
        'text/plain',
        'text/event-stream',
      ),
      'if-none-match': fc.constantFrom('*', 'W/"x"', '"criteria-1"'),
      'if-match': fc.constantFrom('*', '"criteria-1"'),
      'idempotency-key': fc.stringMatching(/^[\w-]{1,20}$/),
      'last-event-id': fc.nat({ max: 40 }).map(String),
      'cache-control': fc.constantFrom('no-cache', 'max-age=0', 'only-if-cached'),
      'accept-encoding': fc.constantFrom('gzip', 'br', 'identity'),
      traceparent: fc.constant('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'),
    },
    { requiredKeys: [] },
  )
  .map((headers) => Object.entries(headers).filter(([name]) => name.length % 3 !== 0 || headers.accept === undefined));

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'] as const;

/** `count` things of a valid request are made wrong. */
function changed(valid: fc.Arbitrary<Draft>, count: number): fc.Arbitrary<Draft> {
  const changes = fc.array(change, { minLength: 1, maxLength: count });
  return fc.tuple(valid, changes).map(([draft, all]) => all.reduce((before, next) => next(before), draft));
}

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...METHODS).map((method): Change => (draft) => ({ ...draft, method })) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.nat({ max: 8 }),
        fc.oneof(
          encodings,
          hostileText.map((text) => encoded(text)),
        ),
      )
      .map(([at, part]): Change => (draft) => ({ ...draft, path: withPart(draft.path, at, part) })),
  },
  { weight: 1, arbitrary: targetTricks.map((trick): Change => (draft) => ({ ...draft, path: trick(draft.path) })) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.nat({ max: 5 }), hostileText, fc.boolean())
      .map(([at, text, twice]): Change => (draft) => ({ ...draft, query: withQuery(draft.query, at, text, twice) })),
  },
  {
    weight: 5,
    arbitrary: hostileHeaders.map((header): Change => (draft) => ({
      ...draft,
      headers: [...draft.headers.filter(([name]) => name !== header[0]), header],
    })),
  },
  {
    weight: 7,
    arbitrary: hostileBody.map((value): Change => (draft) => ({
      ...draft,
      body: value,
      headers: draft.headers.some(([name]) => name === 'content-type') ? draft.headers : [...draft.headers, JSON_TYPE],
    })),
  },
);

/** One part of the path in place of the n-th, counted from the end where ids stand. */
function withPart(path: string, at: number, part: string): string {
  const parts = path.split('/');
  parts[Math.max(1, parts.length - 1 - (at % parts.length))] = part;
  return parts.join('/');
}

function withQuery(query: Draft['query'], at: number, text: string, twice: boolean): Draft['query'] {
  const names = [
    'page',
    'perPage',
    'cursor',
    'limit',
    'q',
    'include',
    'version',
    'from',
    'status',
    'dryRun',
    '__proto__',
  ];
  const name = query[at]?.[0] ?? names[(at * 7 + text.length) % names.length]!;
  const changed = query.map(([key, value]) =>
    key === name && !twice ? ([key, text] as const) : ([key, value] as const),
  );
  return twice || !changed.some(([key]) => key === name) ? [...changed, [name, text]] : changed;
}

function wireOf({ method, path, query, headers, body }: Draft, world: World): WireRequest {
  const text = query.map(([name, value]) => `${encodeURIComponent(name)}=${encoded(value)}`).join('&');
  // Changes after each other may have taken the first slash away.
  const rooted = /^(?:\/|http:\/\/)/.test(path) ? path : `/${path}`;
  const target = method === 'DELETE' ? spared(rooted, world) : rooted;
  return {
    method,
    target: text === '' ? target : `${target}?${text}`,
    headers,
    ...(body === undefined ? {} : { body }),
  };
}

/** Half a surrogate pair has no encoding: it goes as bytes that are no UTF-8. */
const encoded = (text: string) =>
  text
    .split(/(\p{Surrogate})/u)
    .map((part) => (/^\p{Surrogate}$/u.test(part) ? '%ED%A0%80' : encodeURIComponent(part)))
    .join('');

/** What others stand on is not deleted. */
function spared(path: string, { kept, disposable }: World): string {
  return path.replace(/(sessions|api-keys)\/([\w-]+)/, (all, kind: 'sessions' | 'api-keys', id: string) => {
    const spare = disposable[kind];
    return kept.has(id) ? `${kind}/${spare[path.length % spare.length]}` : all;
  });
}
