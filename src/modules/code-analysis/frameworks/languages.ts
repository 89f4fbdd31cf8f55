import { document } from '../parsing/document/document.js';
import { javascript } from '../parsing/javascript/javascript.js';
import { resolveJavaScript } from '../parsing/javascript/resolve-javascript.js';
import { go } from '../parsing/go/go.js';
import { resolveGo } from '../parsing/go/resolve-go.js';
import { java } from '../parsing/java/java.js';
import { resolveJava } from '../parsing/java/resolve-java.js';
import { python } from '../parsing/python/python.js';
import { resolvePython } from '../parsing/python/resolve-python.js';
import { express } from './express.js';
import { fastapi } from './fastapi.js';
import { fastify } from './fastify.js';
import { flask } from './flask.js';
import { goRouters } from './go-routers.js';
import { goVerbs } from './go-verbs.js';
import { hono } from './hono.js';
import { httpVerbs } from './http-verbs.js';
import { koa } from './koa.js';
import { type LanguagePack, languagePack } from './language-pack.js';
import { nestjs } from './nestjs.js';
import { nextjs } from './nextjs.js';
import { openapi } from './openapi.js';
import { spring } from './spring.js';
import { springSettings } from './spring-settings.js';
import { springFunctional } from './spring-functional.js';

/** The one list: a language with its frameworks. A framework that is not in it does not exist. */
export const LANGUAGES: readonly LanguagePack[] = [
  languagePack({
    frontEnd: javascript,
    resolver: resolveJavaScript,
    frameworks: [nestjs, express, fastify, koa, hono, nextjs, httpVerbs],
  }),
  languagePack({ frontEnd: python, resolver: resolvePython, frameworks: [fastapi, flask] }),
  languagePack({ frontEnd: java, resolver: resolveJava, frameworks: [spring, springFunctional] }),
  languagePack({
    frontEnd: document,
    resolver: () => ({ resolve: () => [] }),
    frameworks: [openapi, springSettings],
    maxLength: 8 * 1024 * 1024,
  }),
  languagePack({ frontEnd: go, resolver: resolveGo, frameworks: [goRouters, goVerbs] }),
];

export const languageOf = (path: string): LanguagePack | undefined => {
  const extension = path.slice(path.lastIndexOf('.')).toLowerCase();
  return LANGUAGES.find(({ extensions }) => extensions.includes(extension));
};
