import { Injectable } from '@nestjs/common';
import { CodeAnalysisService } from './code-analysis.service.js';
import type { CodeFile, StackEntry } from './code-analysis.types.js';
import type { InferredEndpoint } from './code-analyses.types.js';

/** What is found in files that were stored: the seam between what came over HTTP and the analysis itself. */
@Injectable()
export class Findings {
  constructor(private readonly analysis: CodeAnalysisService) {}

  stack(files: readonly CodeFile[]): Promise<readonly StackEntry[]> {
    return this.analysis.stack(files);
  }

  endpoints(_files: readonly CodeFile[]): Promise<readonly InferredEndpoint[]> {
    return Promise.resolve([]);
  }
}
