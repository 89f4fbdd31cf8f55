import type { Facts } from '../linking/facts-builder.js';
import { at, type DocumentSource, textAt } from '../parsing/document/document.js';
import type { Framework } from './framework.js';

/** Outermost first. */
const KEYS = [
  'server.servlet.context-path',
  'server.servlet.contextPath',
  'spring.mvc.servlet.path',
  'spring.webflux.base-path',
];
const FILE = /(^|\/)(application|bootstrap)\.(properties|ya?ml)$/;

/** Prefixes that application.properties and application.yml give to the controllers of their module. Profiles are not read. */
export const springSettings: Framework<DocumentSource> = {
  name: 'spring-settings',
  language: 'document',
  prefilter: /context-?path|servlet|base-path/i,
  isRouteFile: (path) => FILE.test(path),
  extract(source, facts) {
    const [document] = source.documents;
    for (const key of KEYS) readKey(source, document, key, facts);
  },
};

function readKey(source: DocumentSource, document: unknown, key: string, facts: Facts): void {
  const value = textAt(document, key) ?? nested(document, key.split('.'));
  if (value === undefined || value === '/' || value === '') return;
  const last = source.lineOf(key) > 1 ? key : (key.split('.').at(-1) ?? '');
  facts.settings.push({
    framework: 'spring',
    folder: moduleOf(source.path),
    prefix: { kind: 'text', text: withDefault(value) },
    line: source.lineOf(last),
  });
}

/** `server: { servlet: { … } }`, and `server.servlet: { … }`. */
function nested(document: unknown, words: readonly string[]): string | undefined {
  for (let count = 1; count < words.length; count += 1) {
    const inner = at(document, words.slice(0, count).join('.'));
    const rest = words.slice(count);
    const found = inner === undefined ? undefined : (textAt(inner, rest.join('.')) ?? nested(inner, rest));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `${CONTEXT_PATH:/api}` → `/api`. */
const withDefault = (value: string): string =>
  value.replace(/\$\{[^{}:]+:([^{}]*)\}/g, '$1').replace(/\$\{([^{}]+)\}/g, '$1');

/** The folder of the build module: what lies above `src/main/resources`. */
function moduleOf(path: string): string {
  const source = path.indexOf('src/main/resources/');
  return source >= 0 ? path.slice(0, source) : path.slice(0, path.lastIndexOf('/') + 1);
}
