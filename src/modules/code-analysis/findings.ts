import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CodeAnalysisService } from './code-analysis.service.js';
import type { FactsCache, Inference, StackEntry } from './code-analysis.types.js';
import type { FileFacts } from './linking/facts.js';
import { isManifest, MAX_MANIFEST_BYTES } from './stack/manifests.js';

/** Files whose facts a worker remembers: of the next upload of a project most are the same. */
const KEPT_FILES = 5000;

/** Text of each file by its path. */
export type Texts = ReadonlyMap<string, string>;

/** What is found in files that were stored: between what came over HTTP and the analysis itself. */
@Injectable()
export class Findings {
  private readonly facts = new LRUCache<string, FileFacts>({ max: KEPT_FILES });
  private readonly factsCache: FactsCache = {
    get: (key) => this.facts.get(key),
    set: (key, facts) => void this.facts.set(key, facts),
  };

  constructor(private readonly analysis: CodeAnalysisService) {}

  /** Of files other than manifests the name alone counts. */
  stack(texts: Texts): Promise<readonly StackEntry[]> {
    const files = [...texts].map(([path, text]) => ({
      path,
      content: isManifest(path) && text.length <= MAX_MANIFEST_BYTES ? text : '',
    }));
    return this.analysis.stack(files);
  }

  endpoints(texts: Texts): Promise<Inference> {
    return this.analysis.endpoints(
      { paths: [...texts.keys()].sort(), text: (path) => texts.get(path) },
      this.factsCache,
    );
  }
}
