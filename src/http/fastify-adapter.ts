import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { HttpException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { fastify, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import './fastify-request.js';
import { LONGEST_PARAMETER } from './framing.js';
import { JSON_BODY_LIMIT } from './json-body.js';
import { sendProblem } from './problem.filter.js';
import { toAppError } from './problem.js';
import { RequestTiming } from './request-timing.js';

const HEADERS_LIMIT = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 72_000;

/** The HTTP server with the sizes and times of the edge: headers 16 KB, JSON 256 KB, a request sent within 10 s. */
export function createAdapter(config: Config, logger: Logger): FastifyAdapter {
  const adapter = new FastifyAdapter({
    // The types of the two differ in what no one calls (`msgPrefix`).
    loggerInstance: logger as FastifyBaseLogger,
    // The access line is ours (server-hooks.ts): one a request instead of two.
    logController: new fastify.LogController({ disableRequestLogging: true }),
    // A logger of its own for each request costs more than all its lines: they get the request id from the context.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    requestIdHeader: false,
    genReqId: requestIdOf,
    bodyLimit: JSON_BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Idle keep-alive sockets must not hold a stop; busy ones are waited for.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    trustProxy: config.http.trustProxy.length ? [...config.http.trustProxy] : false,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    // A request without Host is refused by us (framing.ts): Node would answer it without a word.
    http: { maxHeaderSize: HEADERS_LIMIT, headersTimeout: REQUEST_TIMEOUT_MS, requireHostHeader: false },
    clientErrorHandler: answerBrokenFrame,
    frameworkErrors: answerBrokenAddress,
  });
  const server = adapter.getInstance().server as Server;
  // Node gives CONNECT to no route, and closes the connection without a word where nobody listens.
  server.on('connect', (_request, socket: Socket) => answerByHand(socket, noTunnel(), 'allow: GET, HEAD, OPTIONS\r\n'));
  // Nor does it know more of an expectation (RFC 9110, 10.1.1): what nobody here understands is passed over.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return adapter;
}

/** The caller's X-Request-ID when it is harmless in a log, else a new one. */
export function requestIdOf(message: Pick<IncomingMessage, 'headers'>): string {
  const given = message.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,128}$/.test(given) ? given : randomUUID();
}

/** The router refuses an address before any hook runs: what hooks would set is set here. */
function answerBrokenAddress(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const now = performance.now();
  request.timing = new RequestTiming(now);
  request.server.stampRefusal(request, reply);
  const refusal = new HttpException(error.message, (error as { statusCode?: number }).statusCode ?? 400, {
    cause: error,
  });
  sendProblem(toAppError(refusal), request, reply, now);
}

/** Bytes that are no HTTP request never reach the framework: the answer is written by hand. */
function answerBrokenFrame(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  answerByHand(socket, brokenFrame(error.code));
}

type HandWritten = readonly [status: number, title: string, code: string, detail: string];

function answerByHand(socket: Socket, [status, title, code, detail]: HandWritten, headers = ''): void {
  const requestId = randomUUID();
  const body = JSON.stringify({
    type: `/docs#error-${code}`,
    title,
    status,
    detail,
    instance: '',
    code,
    requestId,
  });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json; charset=utf-8\r\nx-request-id: ${requestId}\r\n` +
      `${headers}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function noTunnel(): HandWritten {
  return [405, 'Method Not Allowed', 'method_not_allowed', 'CONNECT is not served: this is no proxy.'];
}

function brokenFrame(code: string | undefined): HandWritten {
  if (code === 'HPE_HEADER_OVERFLOW')
    return [431, 'Request Header Fields Too Large', 'headers_too_large', 'Headers may have 16 KB together.'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return [408, 'Request Timeout', 'request_timeout', 'The request was not sent completely within 10 seconds.'];
  return [400, 'Bad Request', 'malformed_http', 'The bytes received are not an HTTP request.'];
}
