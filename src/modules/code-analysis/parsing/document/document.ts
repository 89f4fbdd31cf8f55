import { parseAllDocuments } from 'yaml';
import type { FrontEnd } from '../front-end.js';

/** A file of data: JSON, YAML (each of its documents), or Java properties as one flat object. */
export interface DocumentSource {
  readonly path: string;
  readonly text: string;
  readonly documents: readonly unknown[];
  /** The line, from 1, of the first place after `from` where a key stands; 1 when none is found. */
  lineOf(key: string, from?: number): number;
}

/** Aliases that one document may expand to: enough for real specifications, too few for a bomb. */
const MAX_ALIASES = 2000;

export const document: FrontEnd<DocumentSource> = {
  language: 'document',
  extensions: ['.yaml', '.yml', '.json', '.properties'],
  load: () => Promise.resolve(),
  importsIn: () => [],
  read(text, { path }) {
    const lines = text.split('\n');
    return {
      path,
      text,
      documents: documentsOf(path, text),
      lineOf(key, from = 1) {
        const at = lines.findIndex((line, index) => index >= from - 1 && keyOf(line) === key);
        return at < 0 ? from : at + 1;
      },
    };
  },
};

function documentsOf(path: string, text: string): unknown[] {
  if (path.endsWith('.properties')) return [properties(text)];
  if (path.endsWith('.json')) return [JSON.parse(text) as unknown];
  return parseAllDocuments(text, { merge: true, uniqueKeys: false, logLevel: 'silent' }).flatMap((one) =>
    'toJS' in one ? [one.toJS({ maxAliasCount: MAX_ALIASES }) as unknown] : [],
  );
}

/** `"/users": {` and `/users:` → `/users`. */
const keyOf = (line: string): string | undefined => {
  const [, quoted, bare] = /^\s*(?:["']([^"']+)["']|([^\s"'#:{][^:]*?))\s*[:=](?:\s|$|\{)/.exec(line) ?? [];
  return quoted ?? bare;
};

function properties(text: string): Record<string, string> {
  const found = Object.create(null) as Record<string, string>;
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^\s*([^#!\s=:][^=:\s]*)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) found[key] = value.trim();
  }
  return found;
}

/** A member of data that may be of any shape. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

export const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

export const textAt = (value: unknown, ...keys: readonly string[]): string | undefined => {
  const found = at(value, ...keys);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
};
