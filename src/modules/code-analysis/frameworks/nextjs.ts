import { type Facts, list, name, text } from '../linking/facts-builder.js';
import type { JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';

const NAME = 'nextjs';
const METHODS = /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/;

const isPage = (path: string) => /\.[jt]sx?$/.test(path) && `/${path}`.includes('/pages/api/');

/**
 * Files are routes. App router: `app/…/route.ts` exports a function for each method. Pages router: `pages/api/…` exports one handler;
 * its methods are those that it compares with; one that compares nothing answers all of them. `basePath` of next.config is not read.
 */
export const nextjs: Framework<JsSource> = {
  name: NAME,
  language: 'javascript',
  prefilter: /\bexport\b|\bexports\b/,
  isRouteFile: (path) => isPage(path) || (/(^|\/)route\.[jt]sx?$/.test(path) && `/${path}`.includes('/app/')),
  dependency: 'next',
  extract(source, facts) {
    if (isPage(source.path)) readPage(source, facts);
    else readRouteFile(source, facts);
  },
};

function readRouteFile(source: JsSource, facts: Facts): void {
  const inside = afterFolder(source.path, 'app').split('/').slice(0, -1);
  // A folder with an underscore is private: no route of it is served.
  if (inside.some((folder) => folder.startsWith('_'))) return;
  const methods = facts.exports.map((one) => one.name).filter((one) => METHODS.test(one));
  for (const method of methods) serve(facts, [method], pathOf(inside), lineOfWord(source, method));
}

function readPage(source: JsSource, facts: Facts): void {
  const whole = facts.exports.find((one) => one.name === 'default' || one.name === '=');
  if (!whole || source.path.endsWith('.d.ts')) return;
  const inside = [
    'api',
    ...afterFolder(source.path, 'pages/api')
      .replace(/\.[jt]sx?$/, '')
      .split('/'),
  ];
  const named = inside.at(-1) === 'index' ? inside.slice(0, -1) : inside;
  const methods = comparedMethods(source.text);
  serve(facts, methods.length ? methods : ['ALL'], pathOf(named), lineOfWord(source, 'default'));
}

function serve(facts: Facts, methods: readonly string[], path: string, line: number): void {
  const id = '@next';
  if (!facts.routers.some((router) => router.id === id)) facts.routers.push({ framework: NAME, id, role: 'app', line });
  facts.routes.push({
    framework: NAME,
    router: name(id),
    methods: list(methods.map(text)),
    path: text(path),
    line,
    ...(methods[0] === 'ALL' ? { confidence: 'medium' as const } : {}),
  });
}

/** `req.method === 'POST'`, `!== 'POST'` (then it refuses), `switch (req.method) { case 'PUT': … }`, `{ GET: read }[req.method]`. */
function comparedMethods(text: string): string[] {
  const compared = [...text.matchAll(/\bmethod\b\s*[!=]==?\s*['"]([A-Z]+)['"]|\bcase\s+['"]([A-Z]+)['"]\s*:/g)];
  const listed = /\.method\b/.test(text)
    ? [...text.matchAll(/\.setHeader\(\s{0,9}['"]Allow['"]\s{0,9},([^)]{0,200})\)/gi)]
    : [];
  const words = listed.flatMap((match) => [...(match[1] ?? '').matchAll(/[A-Z]{3,7}/g)].map(([word]) => word));
  const found = [...compared.map((match) => match[1] ?? match[2] ?? ''), ...words].filter((word) => METHODS.test(word));
  return [...new Set(found)].sort();
}

/** What follows the folder of routes: `src/app` before any other `app`, which may be the name of a package. */
function afterFolder(path: string, folder: string): string {
  const whole = `/${path}`;
  const inSource = whole.indexOf(`/src/${folder}/`);
  if (inSource >= 0) return whole.slice(inSource + folder.length + 6);
  const at = whole.indexOf(`/${folder}/`);
  return whole.slice(at + folder.length + 2);
}

/** `(group)` and `@slot` are no part of the path; `[id]`, `[...rest]` and `[[...rest]]` are parameters. */
function pathOf(folders: readonly string[]): string {
  const parts = folders
    .filter((folder) => !/^\(.*\)$|^@/.test(folder))
    .map((folder) => folder.replace(/^\[+(?:\.\.\.)?([^[\]]+)\]+$/, '{$1}'));
  return `/${parts.join('/')}`;
}

/** The first line that exports the word; 1 when it is exported in another way. */
function lineOfWord(source: JsSource, word: string): number {
  const lines = source.text.split('\n');
  const at = lines.findIndex((line) => /\bexport\b/.test(line) && line.split(/\W+/).includes(word));
  return at < 0 ? 1 : at + 1;
}
