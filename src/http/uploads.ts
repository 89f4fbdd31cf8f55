import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtension } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type {
  FastifyInstance,
  FastifyPluginCallback,
  FastifyRequest,
  preParsingHookHandler,
  RouteOptions,
} from 'fastify';
import { z } from 'zod';

/** Where the OpenAPI document tells that a call takes a file, too. */
export const UPLOAD_EXTENSION = 'x-upload';
const MULTIPART = /^multipart\/form-data\s*(?:;|$)/i;

interface UploadConfig {
  readonly upload?: true;
}

/**
 * A route that takes a file in a multipart form, or JSON that is larger than elsewhere. Nothing of the body is read before the guards
 * have passed: the handler reads it, by `readUpload`.
 * @param json what the JSON looks like, for the API description
 */
export const Upload = (json: z.ZodType): MethodDecorator =>
  applyDecorators(
    RouteConfig({ upload: true } satisfies UploadConfig),
    ApiExtension(UPLOAD_EXTENSION, 'file'),
    ApiConsumes('application/json', 'multipart/form-data'),
    ApiBody({ schema: withoutDialect(z.toJSONSchema(json, { io: 'input', unrepresentable: 'any' })) }),
  );

function withoutDialect({ $schema: _dialect, ...schema }: Record<string, unknown>): Record<string, never> {
  return schema as Record<string, never>;
}

/** Whether the body of the request was left to the handler. */
export const isUpload = (request: FastifyRequest): boolean =>
  (request.routeOptions.config as UploadConfig).upload === true;

/** For `onRoute`: leaves the body of an upload unread. */
export function leaveUploads(route: RouteOptions): void {
  if ((route.config as UploadConfig | undefined)?.upload !== true) return;
  // The reader has a limit of its own, with words of its own.
  route.bodyLimit = Number.MAX_SAFE_INTEGER;
  route.preParsing = [...[route.preParsing ?? []].flat(), leaveBody];
}

/** The parser is given a body of nothing that is as long as it should be; the real one stays where it is. */
const leaveBody: preParsingHookHandler = (request, _reply, payload, done) => {
  const nothing = Readable.from([]) as Readable & { receivedEncodedLength?: number };
  nothing.receivedEncodedLength = Number(request.headers['content-length'] ?? 0);
  done(null, MULTIPART.test(request.headers['content-type'] ?? '') ? payload : nothing);
};

/** Whether a form is sent to a route that takes none; the framework would leave it unread, as if nothing had come. */
export function isStrayForm(request: FastifyRequest): boolean {
  const type = request.headers['content-type'];
  if (type === undefined || !MULTIPART.test(type)) return false;
  return request.method !== 'GET' && request.method !== 'HEAD' && !isUpload(request);
}

/**
 * `request.parts()`, without the plugin's hooks: on every request of every route they look for temporary files to delete (2 µs of
 * 40), and none is ever made here.
 */
export function installForms(server: FastifyInstance): void {
  const bare = Object.assign(Object.create(server) as FastifyInstance, { addHook: () => bare });
  // The plugin is a function of the instance; registered, it would be given the server with its hooks.
  (multipart as unknown as FastifyPluginCallback)(bare, { throwFileSizeLimit: false }, () => undefined);
}
