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
    let keys: readonly (string | undefined)[] | undefined;
    return {
      path,
      text,
      documents: documentsOf(path, text),
      lineOf(key, from = 1) {
        keys ??= text.split('\n').map(keyOf);
        const at = keys.indexOf(key, from - 1);
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

const MARK = /[:=](?:\s|$|\{)/;

/** `"/users": {`, `/users:` and `/users:batch:` → what stands before the mark. */
function keyOf(line: string): string | undefined {
  const plain = line.trim();
  const [quote = '#'] = plain;
  if ('#:{'.includes(quote)) return undefined;
  const end = quote === '"' || quote === "'" ? plain.indexOf(quote, 1) : -1;
  if (end > 0) return plain.slice(end + 1).search(MARK) >= 0 ? plain.slice(1, end) : undefined;
  const mark = plain.search(MARK);
  return mark > 0 ? plain.slice(0, mark).trimEnd() : undefined;
}

function properties(text: string): Record<string, string> {
  const found = Object.create(null) as Record<string, string>;
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^([^#!\s=:][^=:\s]*)\s*[=:](.*)$/.exec(line.trim()) ?? [];
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
