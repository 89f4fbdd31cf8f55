import type { Candidate } from '../research.types.js';
import { listed, npm, quoted, recorded } from './candidate-builder.js';

export const FRAMEWORK_WEB: readonly Candidate[] = [
  npm('framework-web', 'fastify', 'Fastify', {
    categoryNeed: recorded(1, '/dependencies/@fastify~1ajv-compiler'),
    brings: ['validation by JSON Schema (ajv) and logging (pino) come with it'],
  }),
  npm('framework-web', 'hono', 'Hono', {
    companions: ['@hono/node-server'],
    // A hook for a validator, without a schema engine of its own.
    categoryNeed: recorded(0.5, '/exports/.~1validator'),
    brings: ['a schema engine must be chosen (validation)', 'the same code runs on other runtimes than Node.js'],
  }),
  npm('framework-web', '@nestjs/core', 'NestJS', {
    names: ['nestjs', 'nest.js', '@nestjs/core'],
    categoryNeed: quoted(
      0.5,
      'pipes/standard-schema-validation.pipe.d.ts',
      'export declare class StandardSchemaValidationPipe implements PipeTransform',
      '@nestjs/common',
    ),
    brings: [
      'modules and injection: a structure that every part of the code follows',
      'needs an HTTP adapter (Express or Fastify)',
    ],
  }),
  npm('framework-web', 'express', 'Express', {
    names: ['express', 'express.js', 'expressjs'],
    companions: ['@types/express'],
    brings: ['validation, logging and error format are chosen one by one'],
  }),
  npm('framework-web', 'koa', 'Koa', {
    names: ['koa', 'koa.js'],
    companions: ['@koa/router', '@types/koa'],
    brings: ['routing, body parsing and validation are chosen one by one'],
  }),
  ...listed(
    'framework-web',
    'python',
    ['fastapi', 'FastAPI', { brings: ['validation by Pydantic and an OpenAPI description come with it'] }],
    [
      'django',
      'Django',
      { brings: ['object-relational mapper, migrations, sessions and an admin interface come with it'] },
    ],
    ['flask', 'Flask'],
    ['litestar', 'Litestar'],
  ),
  ...listed(
    'framework-web',
    'java',
    [
      'org.springframework.boot:spring-boot-starter-web',
      'Spring Boot',
      { names: ['spring boot', 'spring mvc', 'spring-boot'] },
    ],
    ['io.quarkus:quarkus-rest', 'Quarkus'],
    ['io.micronaut:micronaut-http-server-netty', 'Micronaut'],
  ),
  ...listed(
    'framework-web',
    'go',
    ['github.com/gin-gonic/gin', 'Gin', { names: ['gin-gonic', 'github.com/gin-gonic/gin'] }],
    ['github.com/labstack/echo/v4', 'Echo', { names: ['labstack echo', 'github.com/labstack/echo/v4'] }],
    ['github.com/go-chi/chi/v5', 'chi', { names: ['go-chi', 'github.com/go-chi/chi/v5'] }],
  ),
];
