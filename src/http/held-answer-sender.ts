import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import type { CacheAnswer } from '../shared/cache/cache.types.js';
import { Clock } from '../shared/clock/clock.js';
import './fastify-request.js';
import { mergeVary } from './compress-vary.js';
import { namesEtag } from './etag.js';
import { bodyOf, payloadOf, type StoredResponse } from './response-cache-entry.js';
import { ageOf, cacheControl, cacheStatus, type RouteReach } from './response-cache-headers.js';
import { SecurityHeaders } from './security-headers.js';

type HeldAnswer = CacheAnswer<StoredResponse>;

/** Names and values in turn, as node:http takes them. */
type HeaderList = string[];

const isKnownTo = ({ headers }: FastifyRequest, entry: StoredResponse) =>
  entry.status === 200 && namesEtag(headers['if-none-match'], entry.headers['etag'] ?? '');

const OF_A_BODY = new Set(['content-type', 'content-encoding']);

interface Second {
  readonly age: number;
  readonly ttl: number;
  readonly full: HeaderList;
  readonly notModified: HeaderList;
}

/**
 * Writes a hit past the framework: the same status, headers and body as `sendStored` gives it, with the headers that the
 * server's hooks put on every other answer.
 */
@Injectable()
export class HeldAnswerSender {
  /** Headers that are the same for all who ask for an entry within a second. */
  private readonly seconds = new WeakMap<StoredResponse, Second>();

  constructor(
    private readonly security: SecurityHeaders,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  send(request: FastifyRequest, reply: FastifyReply, held: HeldAnswer, reach: RouteReach): void {
    const entry = held.value;
    const second = this.secondOf(held, reach);
    reply.hijack();
    reply.cacheOutcome = held.outcome;
    if (isKnownTo(request, entry)) {
      reply.raw.writeHead(304, this.completed(second.notModified, request)).end();
    } else {
      if (request.timing) request.timing.bytes = bodyOf(entry).length;
      reply.raw.writeHead(entry.status, this.completed(second.full, request)).end(payloadOf(entry), 'latin1');
    }
    request.limits?.ended();
  }

  /** With what is this request's alone. */
  private completed(common: HeaderList, request: FastifyRequest): HeaderList {
    const own: string[] = [];
    const write = (name: string, value: string) => void own.push(name, value);
    request.timing?.writeTo(request.id, this.clock.monotonicMs(), write);
    request.limits?.writeTo(write);
    return common.concat(own);
  }

  private secondOf(held: HeldAnswer, reach: RouteReach): Second {
    const entry = held.value;
    const age = ageOf(held, entry);
    const ttl = Math.floor(held.ttl);
    const known = this.seconds.get(entry);
    if (known !== undefined && known.age === age && known.ttl === ttl) return known;
    const all: Record<string, string> = {
      ...this.security.all,
      ...entry.headers,
      'cache-status': cacheStatus(held),
      age: String(age),
    };
    all['cache-control'] ??= cacheControl(held, age, reach);
    if (this.config.http.corsOrigins.length > 0) all['vary'] = mergeVary(all['vary'], ['Origin']);
    const headers = Object.entries(all);
    const made = {
      age,
      ttl,
      full: [...headers.flat(), 'content-length', String(bodyOf(entry).length)],
      notModified: headers.filter(([name]) => !OF_A_BODY.has(name)).flat(),
    };
    this.seconds.set(entry, made);
    return made;
  }
}
