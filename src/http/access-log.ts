import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../shared/clock/clock.js';
import { LineWriter } from '../shared/logging/logger.js';
import './fastify-request.js';
import type { RequestTiming } from './request-timing.js';

export const UNMATCHED = '__unmatched__';

/** What the server's hooks have found out about a request when its line is written. */
export interface Finished {
  readonly route: string;
  readonly durationMs: number;
  readonly slow: boolean;
  /** The client went away before its answer was whole. */
  readonly aborted?: boolean;
}

/** What is known of a remembered answer's route is told by its timing: the server makes an object each time it is asked. */
export function routeOf(request: FastifyRequest): string {
  return request.timing?.route ?? (request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED));
}

/**
 * A line at debug when a request comes, to find one that never ends: `requestId`, `method`, `route`. At other levels there is no hook.
 * Must come before the hooks that refuse.
 */
export function installStartLines(server: FastifyInstance, clock: Clock): void {
  const log = new LineWriter(server.log, 'debug', 'http');
  if (!log.enabled) return;
  server.addHook('onRequest', (request, _reply, done) => {
    log.write(clock.nowMs(), headOf(request, routeOf(request)), 'request begun');
    done();
  });
}

/**
 * One line a request, as the inside of a JSON object: `context`, `requestId`, `method`, `route` (template or `__unmatched__`),
 * `query` (names of the parameters), `status`, `durationMs`, `handlerMs`, `bytes` (of the body, when its length is known),
 * `cache` (how the response cache answered), `keyId`, `aborted` (the client went away), `slow` with `spans` (name → ms). No body, no header, no query value; the path as its template, since a real one may hold an id. Put together
 * by hand, since every request writes one: an object would be serialized each time.
 */
export function accessLine(request: FastifyRequest, reply: FastifyReply, answer: Finished): string {
  const { timing, identity } = request;
  let line = headOf(request, answer.route);
  const query = queryNames(request.query);
  if (query) line += `,"query":${JSON.stringify(query)}`;
  line += `,"status":${reply.statusCode},"durationMs":${round(answer.durationMs)}`;
  if (timing?.handlerMs !== undefined) line += `,"handlerMs":${round(timing.handlerMs)}`;
  const bytes = bytesOf(timing, reply);
  if (bytes !== undefined) line += `,"bytes":${bytes}`;
  if (reply.cacheOutcome) line += `,"cache":"${reply.cacheOutcome}"`;
  if (identity) line += `,"keyId":${quoted(identity.keyId)}`;
  if (answer.aborted) line += ',"aborted":true';
  return answer.slow ? line + slowPart(timing) : line;
}

/** Where the time of a slow request went. */
function slowPart(timing: RequestTiming | null): string {
  const spans = timing?.spanTimes();
  return spans ? `,"slow":true,"spans":${JSON.stringify(spans, rounded)}` : ',"slow":true';
}

/** The id is one of ours or was checked (requestIdOf): it needs no quoting of its own. */
function headOf({ id, method }: FastifyRequest, route: string): string {
  return `"context":"http","requestId":"${id}","method":${quoted(method)},"route":${quoted(route)}`;
}

const MOST_QUOTED = 1000;
const quotedTexts = new Map<string, string>();

/** As a JSON string. Methods, templates and ids of keys are few, so the same texts come again. */
function quoted(text: string): string {
  const known = quotedTexts.get(text);
  if (known !== undefined) return known;
  const made = JSON.stringify(text);
  if (quotedTexts.size >= MOST_QUOTED) quotedTexts.clear();
  quotedTexts.set(text, made);
  return made;
}

/** Our names are short words; what is none may be a value that lost its name, as in `?tsk_…`. */
const NAME = /^[A-Za-z][A-Za-z]{0,23}$/;

function queryNames(query: unknown): readonly string[] | undefined {
  if (!query) return undefined;
  const names = Object.keys(query);
  return names.length > 0 ? names.slice(0, 20).map((name) => (NAME.test(name) ? name : '?')) : undefined;
}

function bytesOf(timing: RequestTiming | null, reply: FastifyReply): number | undefined {
  if (timing?.bytes !== undefined) return timing.bytes;
  const length = Number(reply.getHeader('content-length'));
  return Number.isFinite(length) ? length : undefined;
}

const round = (ms: number) => Math.round(ms * 100) / 100;
const rounded = (_name: string, value: unknown) => (typeof value === 'number' ? round(value) : value);
