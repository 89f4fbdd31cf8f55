import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import type { Config } from '../config/config.js';
import { LIMIT_EXTENSION } from './limit.decorator.js';
import { problemResponses, problemSchema, withProblems } from './openapi-problems.js';
import { KEY_SCHEMES } from './requires.decorator.js';
import { UPLOAD_EXTENSION } from './uploads.js';

type Json = Record<string, unknown>;
const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

/**
 * OpenAPI 3.1 of every route, made from the same zod schemas that check the input. What is true of all calls (problems,
 * X-Request-ID, security) is added here once instead of at each handler.
 */
export function describeApi(app: INestApplication, config: Config): OpenAPIObject {
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Techspec')
    .setDescription('Turns a project brief into a researched, scored and cited technical requirements document.')
    .setVersion(config.version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addSecurity(KEY_SCHEMES.bearer, { type: 'http', scheme: 'bearer', description: 'An API key: tsk_{id}.{secret}' })
    .addSecurity(KEY_SCHEMES.header, { type: 'apiKey', in: 'header', name: 'X-API-Key' })
    .build();
  const document = SwaggerModule.createDocument(app, head, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) => toJsonSchema(schema, schemaType),
  });
  const schemas = ((document.components ??= {}).schemas ??= {}) as Json;
  schemas['Problem'] = problemSchema();
  for (const [path, item] of Object.entries(document.paths as Record<string, Json>)) {
    for (const method of METHODS) if (item[method]) complete(item[method] as Operation, { method, path }, schemas);
  }
  return document;
}

interface Operation {
  parameters?: Json[];
  requestBody?: { content?: Record<string, MediaType> };
  responses: Record<string, Json & { content?: Record<string, MediaType>; headers?: Json }>;
  security?: unknown[];
  [LIMIT_EXTENSION]?: string;
  [UPLOAD_EXTENSION]?: string;
}
interface MediaType {
  schema?: Json;
  example?: unknown;
}

function complete(operation: Operation, { method, path }: { method: string; path: string }, schemas: Json): void {
  describeForm(operation);
  const media = [operation.requestBody?.content, ...Object.values(operation.responses).map(({ content }) => content)];
  for (const type of media.flatMap((content) => Object.values(content ?? {}))) liftExample(type, schemas);
  const problems = problemResponses({
    keyed: operation.security !== undefined,
    limited: operation[LIMIT_EXTENSION] !== 'none',
    mayHaveBody: method !== 'get',
    hasInput: operation.requestBody !== undefined || (operation.parameters ?? []).length > 0,
    hasId: path.includes('{'),
    isIdempotent: (operation.parameters ?? []).some(({ name }) => name === 'Idempotency-Key'),
  });
  operation.responses = { ...problems, ...withProblems(operation.responses) } as Operation['responses'];
  for (const response of Object.values(operation.responses)) {
    response.headers = {
      'X-Request-ID': { description: 'Id of the request in the logs', schema: { type: 'string' } },
      ...response.headers,
    };
  }
}

/** A form has the one part that the extension names. */
function describeForm({ requestBody, [UPLOAD_EXTENSION]: part }: Operation): void {
  const form = requestBody?.content?.['multipart/form-data'];
  if (form === undefined || part === undefined) return;
  form.schema = { type: 'object', properties: { [part]: { type: 'string', format: 'binary' } }, required: [part] };
  form.example = { [part]: 'the bytes of code.zip' };
}

/** An example given with the schema (`.meta({ example })`) is shown where tools look for it: at the media type. */
function liftExample(type: MediaType, schemas: Json): void {
  const name = /^#\/components\/schemas\/(.*)$/.exec(String(type.schema?.['$ref']))?.[1];
  const named = name === undefined ? undefined : (schemas[name] as Json | undefined);
  type.example ??= named?.['example'];
  if (type.example !== undefined || type.schema?.['example'] === undefined) return;
  const { example, ...schema } = type.schema;
  type.example = example;
  type.schema = schema;
}

function toJsonSchema(schema: unknown, io: 'input' | 'output') {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $defs, ...converted } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  delete converted['$schema'];
  return { schema: converted, components: ($defs ?? {}) as Json };
}
