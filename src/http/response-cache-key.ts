import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { CacheKey } from '../shared/cache/cache.types.js';
import { fingerprint } from '../shared/canonical-json/canonical-json.js';
import type { ContentCoding } from './compressor.js';
import './fastify-request.js';
import { negotiate } from './negotiation.js';
import type { RequestIdentity } from './request-identity.js';
import type { ResponseScope } from './response-cache.decorator.js';
import type { ResponsePlan, RouteInput } from './response-cache-plan.js';

/** Where an answer is kept. */
export interface ResponsePlace {
  readonly key: CacheKey;
  readonly ttl: number;
  readonly tags: readonly string[];
  /** Route template, under which look-ups are counted. */
  readonly endpoint: string;
}

const codedKeys = new WeakMap<ResponsePlace, Partial<Record<ContentCoding, CacheKey>>>();

/** Where the answer's form in a content coding is kept. */
export function codedKey(place: ResponsePlace, coding: ContentCoding): CacheKey {
  let keys = codedKeys.get(place);
  if (keys === undefined) codedKeys.set(place, (keys = {}));
  return (keys[coding] ??= { ...place.key, name: `${place.key.name}:${coding}` });
}

/** Longer addresses are worked out each time: they are rare, and would fill the memory. */
const LONGEST_REMEMBERED = 512;
const MOST_REMEMBERED = 5_000;

/**
 * Works out the place of a request's answer: route template, validated parameters, media type, declared headers and, by
 * scope, workspace, role and key id. Nothing a client made up beside these reaches it, in particular no raw header.
 */
export class ResponsePlaces {
  /** The same address of the same caller has the same place: validating and hashing it again would cost more than a hit. */
  private readonly places = new LRUCache<string, ResponsePlace>({ max: MOST_REMEMBERED });

  constructor(
    private readonly plan: ResponsePlan,
    private readonly ttl: number,
    /** Version of the program: two releases beside each other may answer differently. */
    private readonly release: string,
  ) {}

  /**
   * Undefined when the route will refuse the parameters: nobody's answer may hide that. A promise only when it has to be
   * worked out.
   */
  of(request: FastifyRequest): ResponsePlace | Promise<ResponsePlace | undefined> {
    const caller = callerOf(this.plan, request);
    const text = textOf(caller, request);
    return this.places.get(text) ?? this.learn(request, caller, text);
  }

  /** The same, of an address and a caller that were met before; undefined for others. */
  known(request: FastifyRequest): ResponsePlace | undefined {
    return this.places.get(textOf(callerOf(this.plan, request), request));
  }

  private async learn(
    request: FastifyRequest,
    caller: readonly string[],
    text: string,
  ): Promise<ResponsePlace | undefined> {
    const place = await this.workOut(request, caller);
    if (place && text.length <= LONGEST_REMEMBERED) this.places.set(text, place);
    return place;
  }

  private async workOut(request: FastifyRequest, caller: readonly string[]): Promise<ResponsePlace | undefined> {
    const inputs: unknown[] = [];
    for (const input of this.plan.inputs) {
      const checked = await check(input, request);
      if (checked === undefined) return undefined;
      inputs.push(checked.value);
    }
    const template = request.routeOptions.url ?? '';
    const owner = this.ownerOf(request);
    return {
      key: {
        region: 'httpResponses',
        owner,
        name: `${template}:${fingerprint([this.release, template, inputs, caller])}`,
      },
      ttl: this.ttl,
      tags: this.tagsOf(request),
      endpoint: template,
    };
  }

  private ownerOf({ identity }: FastifyRequest): string {
    return this.plan.options.scope === 'public' ? 'public' : (identity?.workspaceId ?? '');
  }

  private tagsOf(request: FastifyRequest): readonly string[] {
    const values: Record<string, unknown> = { ...(request.params as object), workspace: this.ownerOf(request) };
    return (this.plan.options.tags ?? []).map((tag) =>
      tag.replace(/\{(\w+)\}/g, (_match, name: string) => String(values[name] ?? '').toLowerCase()),
    );
  }
}

const textOf = (caller: readonly string[], { url }: FastifyRequest) => `${caller.join('\n')}\n${url}`;

/** What of the request but its address decides, as texts of one line: media type, declared headers, identity. */
function callerOf({ options, offered }: ResponsePlan, { headers, identity }: FastifyRequest): readonly string[] {
  const caller = [offered.length > 1 ? (negotiate(headers.accept, offered) ?? '') : ''];
  for (const name of options.vary ?? []) caller.push(JSON.stringify(headers[name] ?? null));
  caller.push(...identityOf(options.scope, identity));
  return caller;
}

/** @throws Error without an identity where one is part of the key: nobody may share what belongs to somebody */
function identityOf(scope: ResponseScope, identity: RequestIdentity | undefined): readonly string[] {
  if (scope === 'public') return [];
  if (!identity) throw new Error('a cached route of a workspace was reached without an identity');
  const { workspaceId, role, keyId } = identity;
  return scope === 'key' ? [workspaceId, role, keyId] : [workspaceId, role];
}

/** What the handler will be given of this input; undefined when the validation pipe will refuse it. */
async function check(
  { from, name, schema }: RouteInput,
  request: FastifyRequest,
): Promise<{ readonly value: unknown } | undefined> {
  const all = { ...(request[from] as Readonly<Record<string, unknown>>) };
  const given = name === undefined ? all : all[name];
  if (!schema) return { value: given ?? null };
  const { issues, value } = await schema['~standard'].validate(given);
  if (issues) return undefined;
  // What has no JSON form of its own (a Date, NaN) would be equal to others of its kind.
  return { value: isPlain(value) ? (value ?? null) : { given: given ?? null } };
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint' && typeof value !== 'symbol';
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlain);
}
