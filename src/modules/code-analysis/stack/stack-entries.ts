import type { CodeFile, StackEntry } from '../code-analysis.types.js';

/** What the rules found in one folder, reduced to plain data. */
export interface FoundStack {
  /** Files or folders where it was found, with a leading `/`. */
  readonly paths: readonly string[];
  readonly technologies: readonly { readonly key: string; readonly type?: string }[];
  readonly dependencies: readonly (readonly [ecosystem: string, name: string, version: string])[];
  /** Files by language. */
  readonly languages: Readonly<Record<string, number>>;
}

/** Turns what was found into entries with file and line; what no line of a manifest shows is left out. Sorted, each once. */
export function stackEntries(found: readonly FoundStack[], files: readonly CodeFile[]): StackEntry[] {
  const lines = new ManifestLines(files);
  const entries = found.flatMap((stack) => [
    ...stack.dependencies.flatMap(([, name, version]) =>
      entry(lines, stack.paths, name, { kind: 'dependency', version }),
    ),
    ...stack.technologies.flatMap(({ key, type }) => entry(lines, stack.paths, key, { kind: 'technology', type })),
    ...Object.keys(stack.languages).flatMap((language) => languageEntry(language, files)),
  ]);
  const unique = new Map(entries.map((one) => [`${one.kind}\0${one.name}\0${one.file}`, one]));
  return [...unique.values()].sort((a, b) => compare(key(a), key(b)));
}

const key = ({ kind, name, file, line }: StackEntry) => `${kind}\0${name}\0${file}\0${String(line).padStart(9, '0')}`;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function entry(
  lines: ManifestLines,
  paths: readonly string[],
  name: string,
  rest: Pick<StackEntry, 'kind' | 'type' | 'version'>,
): StackEntry[] {
  const place = lines.find(name, paths);
  return place ? [{ name: name.toLowerCase(), ...rest, ...place }] : [];
}

const LANGUAGE_FILES: Readonly<Record<string, RegExp>> = {
  TypeScript: /\.[mc]?tsx?$|(^|\/)tsconfig\.json$/,
  JavaScript: /\.[mc]?jsx?$/,
  Python: /\.py$/,
  Java: /\.java$/,
  Go: /\.go$|(^|\/)go\.mod$/,
};

/** A language is shown by its first file. */
function languageEntry(language: string, files: readonly CodeFile[]): StackEntry[] {
  const pattern = LANGUAGE_FILES[language];
  const paths = pattern ? files.map(({ path }) => path).filter((path) => pattern.test(path)) : [];
  const [file] = paths.sort();
  return file ? [{ name: language.toLowerCase(), kind: 'language', file, line: 1, words: file }] : [];
}

/** Finds the line of a manifest that names something. */
class ManifestLines {
  private readonly files: readonly { readonly path: string; readonly lines: readonly string[] }[];

  constructor(files: readonly CodeFile[]) {
    this.files = files.map(({ path, content }) => ({ path, lines: content.split('\n') }));
  }

  find(name: string, paths: readonly string[]): Pick<StackEntry, 'file' | 'line' | 'words'> | undefined {
    const inside = this.files.filter(({ path }) =>
      paths.some((at) => at === '/' || `/${path}` === at || `/${path}`.startsWith(`${at}/`)),
    );
    const pattern = wholeName(name);
    for (const { path, lines } of inside) {
      const at = lines.findIndex((line) => pattern.test(line));
      if (at >= 0) return { file: path, line: at + 1, words: (lines[at] ?? '').trim().slice(0, 120) };
    }
    return undefined;
  }
}

/** The name as a whole: `pg` is not found in `pg-boss`, `@nestjs/core` is found in `"@nestjs/core": "12"`. */
function wholeName(name: string): RegExp {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[^\\w@/.-])${escaped}($|[^\\w/.-])`, 'i');
}
