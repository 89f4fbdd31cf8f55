import type { FactsCache, Inference, Project, SkippedFile } from '../code-analysis.types.js';
import { createHash } from 'node:crypto';
import { LANGUAGES, languageOf } from '../frameworks/languages.js';
import type { FileFacts } from '../linking/facts.js';
import { submodule } from '../linking/exports.js';
import { link, merged, specified } from '../linking/link.js';
import type { ModuleResolver, ProjectFiles } from '../parsing/front-end.js';
import { absentFrameworks, without } from './dependencies.js';
import { servedByDocument } from './specification-first.js';
import type { Parser } from './parser.types.js';
import { isTestFile } from './test-files.js';

/** Larger sources are no code that a person wrote. */
const MAX_SOURCE = 1024 * 1024;
/** Of a document that is too large, this much tells whether it would have mattered: a lock file is not reported. */
const BEGINNING = 64 * 1024;
/** How far an import of a file with routes is followed; names passed on by a barrel are followed to the end. */
const IMPORT_LEVELS = 4;

/**
 * Which files matter: those in whose text a framework may have to do with routes (seeds), what they import (constants, barrels,
 * handlers' paths), and what imports them (the code that mounts). Of a project without seeds nothing is parsed.
 */
export async function inferEndpoints(project: Project, parser: Parser, cache?: FactsCache): Promise<Inference> {
  const run = new InferenceRun(project, parser, cache);
  return run.infer();
}

class InferenceRun {
  private readonly facts = new Map<string, FileFacts>();
  private readonly skipped: SkippedFile[] = [];
  private readonly tried = new Set<string>();
  private readonly sources: ReadonlySet<string>;
  private readonly resolvers: ReadonlyMap<string, ModuleResolver>;
  private cached = 0;

  constructor(
    private readonly project: Project,
    private readonly parser: Parser,
    private readonly cache: FactsCache | undefined,
  ) {
    this.sources = new Set(project.paths.filter((path) => languageOf(path) && !isTestFile(path)));
    const files: ProjectFiles = {
      paths: project.paths,
      has: (path) => this.sources.has(path),
      manifest: (path) => project.text(path),
    };
    this.resolvers = new Map(LANGUAGES.map(({ language, resolver }) => [language, resolver(files)]));
  }

  async infer(): Promise<Inference> {
    const { seeds, importing } = this.survey();
    await this.parseAll(seeds);
    if (this.facts.size) {
      await this.followImports();
      await this.parseAll(importersOf(new Set(seeds), importing));
      await this.followImports();
    }
    const gates = absentFrameworks(this.project);
    const inCode = link(
      [...this.facts.values()].map((facts) => without(facts, gates)),
      (language) => this.resolvers.get(language) ?? NO_MODULES,
    );
    const operations = specified([...this.facts.values()]);
    return {
      endpoints: merged([...inCode, ...servedByDocument(this.project, inCode, operations)]),
      specified: operations,
      stats: {
        sources: this.sources.size,
        parsed: this.facts.size,
        cached: this.cached,
        skipped: this.skipped.sort((a, b) => (a.file < b.file ? -1 : 1)),
      },
    };
  }

  /** Reads each source once, without parsing: is it a seed, and if not, which files does it import? */
  private survey(): { seeds: string[]; importing: ReadonlyMap<string, readonly string[]> } {
    const seeds: string[] = [];
    const importing = new Map<string, readonly string[]>();
    for (const path of this.sources) {
      const text = this.textOf(path);
      const language = languageOf(path);
      if (text === undefined || !language) continue;
      if (language.mayHaveRoutes(path, text)) seeds.push(path);
      else {
        const found = language.importsIn(text).flatMap((specifier) => this.resolve(language.language, specifier, path));
        if (found.length) importing.set(path, found);
      }
    }
    return { seeds, importing };
  }

  private textOf(path: string): string | undefined {
    const text = this.project.text(path);
    const language = languageOf(path);
    if (text === undefined || text.length <= (language?.maxLength ?? MAX_SOURCE)) return text;
    if (language?.maxLength !== undefined && !language.mayHaveRoutes(path, text.slice(0, BEGINNING))) return undefined;
    if (!this.tried.has(path)) this.skipped.push({ file: path, reason: `larger than ${MAX_SOURCE} characters` });
    this.tried.add(path);
    return undefined;
  }

  private resolve(language: string, specifier: string, from: string): readonly string[] {
    return this.resolvers.get(language)?.resolve(specifier, from) ?? [];
  }

  private async parseAll(paths: Iterable<string>): Promise<void> {
    const fresh = [...paths].filter((path) => this.sources.has(path) && !this.tried.has(path));
    // A window, so that the texts of a large project are never all in memory.
    for (let at = 0; at < fresh.length; at += 64)
      await Promise.all(fresh.slice(at, at + 64).map((path) => this.parseOne(path)));
  }

  private async parseOne(path: string): Promise<void> {
    const text = this.textOf(path);
    if (text === undefined || this.tried.has(path)) return;
    this.tried.add(path);
    const key = this.cache && createHash('sha256').update(`${path}\0${text}`).digest('hex');
    const known = key === undefined ? undefined : this.cache?.get(key);
    if (known) {
      this.cached += 1;
      this.facts.set(path, known);
      return;
    }
    const parsed = await this.parser.parse(path, text);
    if ('skipped' in parsed) this.skipped.push({ file: path, reason: parsed.skipped });
    else {
      this.facts.set(path, parsed.facts);
      if (key !== undefined) this.cache?.set(key, parsed.facts);
    }
  }

  private async followImports(): Promise<void> {
    for (let level = 0; level < IMPORT_LEVELS; level += 1) {
      const before = this.facts.size;
      await this.parseAll(new Set([...this.facts.values()].flatMap((facts) => this.importedBy(facts))));
      if (this.facts.size === before) return;
    }
  }

  private importedBy({ language, path, imports, exports, requires }: FileFacts): string[] {
    const named = [
      ...imports.flatMap((one) => [one.from, submodule(one, language) ?? []].flat()),
      ...exports.flatMap(({ from }) => from ?? []),
      ...(requires ?? []),
    ];
    return named.flatMap((specifier) => this.resolve(language, specifier, path));
  }
}

const NO_MODULES: ModuleResolver = { resolve: () => [] };

/** Files that lead to a seed by their imports. */
function importersOf(seeds: ReadonlySet<string>, importing: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  for (let level = 0; level < IMPORT_LEVELS; level += 1) {
    const before = found.size;
    for (const [path, imported] of importing)
      if (!found.has(path) && imported.some((one) => seeds.has(one) || found.has(one))) found.add(path);
    if (found.size === before) break;
  }
  return found;
}
