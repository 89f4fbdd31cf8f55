import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Analyser } from '@specfy/stack-analyser';
import { inferEndpoints } from './analysis/infer-endpoints.js';
import type { Parser } from './analysis/parser.types.js';
import { startParser } from './analysis/start-parser.js';
import type { CodeFile, FactsCache, Inference, Project, StackEntry } from './code-analysis.types.js';
import { MemoryProvider } from './stack/memory-provider.js';
import { type FoundStack, stackEntries } from './stack/stack-entries.js';

/** Says what a code base is made of and what it offers; nothing of it is run. */
@Injectable()
export class CodeAnalysisService implements OnModuleDestroy {
  private parser: Parser | undefined;

  /**
   * Technologies, dependencies and languages with file and line, sorted. A manifest that can't be parsed is skipped.
   * The 740 rules take about 0.7 s to load, so they are loaded at the first call and not at the start.
   */
  async stack(files: readonly CodeFile[]): Promise<StackEntry[]> {
    if (files.length === 0) return [];
    const { analyser, tech } = await loadRules();
    const folders = withDescendants(await analyser({ provider: new MemoryProvider(files) }));
    const found = folders.map((one) => reduced(one, (key) => tech.indexed[key]?.type));
    return stackEntries(found, files);
  }

  /**
   * Endpoints with method, path, parameters and place. Files are parsed in threads, which are started by the first call and kept;
   * a file that the parser can't take is named in `stats.skipped`, and the rest is answered.
   */
  endpoints(project: Project, cache?: FactsCache): Promise<Inference> {
    this.parser ??= startParser();
    return inferEndpoints(project, this.parser, cache);
  }

  /** Ends the threads. A later call starts new ones. */
  async onModuleDestroy(): Promise<void> {
    await this.parser?.close();
    this.parser = undefined;
  }
}

async function loadRules() {
  // The rules register themselves in the instance that is imported first: one after the other, never in parallel.
  await import('@specfy/stack-analyser/dist/autoload.js');
  return import('@specfy/stack-analyser');
}

const withDescendants = (payload: Analyser): Analyser[] => [payload, ...payload.childs.flatMap(withDescendants)];

function reduced(payload: Analyser, typeOf: (key: NonNullable<Analyser['tech']>) => string | undefined): FoundStack {
  const keys = new Set([...payload.techs, ...(payload.tech ? [payload.tech] : [])]);
  return {
    paths: [...payload.path],
    technologies: [...keys].map((key) => ({ key, type: typeOf(key) })),
    dependencies: payload.dependencies,
    languages: payload.languages,
  };
}
