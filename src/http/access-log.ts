import type { FastifyReply, FastifyRequest } from 'fastify';

export const UNMATCHED = '__unmatched__';

export function routeOf(request: FastifyRequest): string {
  return request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
}

/**
 * One line a request, as the inside of a JSON object: `context`, `requestId`, `method`, `route` (template or `__unmatched__`),
 * `query` (names of the parameters), `status`, `durationMs`, `handlerMs`, `bytes` (of the body, when its length is known),
 * `keyId`, `slow`. No body, no header, no query value; the path as its template, since a real one may hold an id. Put together
 * by hand, since every request writes one: an object would be serialized each time.
 * @param answer what the server's hooks have found out already
 */
export function accessLine(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: { readonly route: string; readonly durationMs: number; readonly slow: boolean },
): string {
  const { timing, identity } = request;
  // The id is one of ours or was checked (requestIdOf): it needs no quoting of its own.
  let line = `"context":"http","requestId":"${request.id}","method":${quoted(request.method)},"route":${quoted(answer.route)}`;
  const query = queryNames(request.query);
  if (query) line += `,"query":${JSON.stringify(query)}`;
  line += `,"status":${reply.statusCode},"durationMs":${round(answer.durationMs)}`;
  if (timing?.handlerMs !== undefined) line += `,"handlerMs":${round(timing.handlerMs)}`;
  const bytes = timing?.bytes ?? bytesOf(reply);
  if (bytes !== undefined) line += `,"bytes":${bytes}`;
  if (identity) line += `,"keyId":${quoted(identity.keyId)}`;
  return answer.slow ? `${line},"slow":true` : line;
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

function queryNames(query: unknown): readonly string[] | undefined {
  if (!query) return undefined;
  const names = Object.keys(query);
  return names.length > 0 ? names.slice(0, 20) : undefined;
}

function bytesOf(reply: FastifyReply): number | undefined {
  const length = Number(reply.getHeader('content-length'));
  return Number.isFinite(length) ? length : undefined;
}

const round = (ms: number) => Math.round(ms * 100) / 100;
