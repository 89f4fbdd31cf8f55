import { javascript } from '../parsing/javascript/javascript.js';
import { resolveJavaScript } from '../parsing/javascript/resolve-javascript.js';
import { express } from './express.js';
import { fastify } from './fastify.js';
import { hono } from './hono.js';
import { httpVerbs } from './http-verbs.js';
import { koa } from './koa.js';
import { type LanguagePack, languagePack } from './language-pack.js';
import { nestjs } from './nestjs.js';
import { nextjs } from './nextjs.js';

/** The one list: a language with its frameworks. A framework that is not in it does not exist. */
export const LANGUAGES: readonly LanguagePack[] = [
  languagePack({
    frontEnd: javascript,
    resolver: resolveJavaScript,
    frameworks: [nestjs, express, fastify, koa, hono, nextjs, httpVerbs],
  }),
];

export const languageOf = (path: string): LanguagePack | undefined => {
  const extension = path.slice(path.lastIndexOf('.')).toLowerCase();
  return LANGUAGES.find(({ extensions }) => extensions.includes(extension));
};
