import { javascript } from '../parsing/javascript/javascript.js';
import { resolveJavaScript } from '../parsing/javascript/resolve-javascript.js';
import { express } from './express.js';
import { fastify } from './fastify.js';
import { httpVerbs } from './http-verbs.js';
import { type LanguagePack, languagePack } from './language-pack.js';
import { nestjs } from './nestjs.js';

/** The one list: a language with its frameworks. A framework that is not in it does not exist. */
export const LANGUAGES: readonly LanguagePack[] = [
  languagePack({
    frontEnd: javascript,
    resolver: resolveJavaScript,
    frameworks: [nestjs, express, fastify, httpVerbs],
  }),
];

export const languageOf = (path: string): LanguagePack | undefined => {
  const extension = path.slice(path.lastIndexOf('.')).toLowerCase();
  return LANGUAGES.find(({ extensions }) => extensions.includes(extension));
};
