import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { CodeAnalysisService } from '../code-analysis/code-analysis.service.js';
import { ResearchService } from '../research/research.service.js';
import { briefOf, BriefReader, optionsOf } from './brief-reader.js';
import { identifyGaps } from './gaps/identify-gaps.js';
import { ecosystemOf, requestFor } from './research-request.js';
import { SessionNodesRepository } from './session-nodes.repository.js';
import type { CreateSession } from './sessions.schemas.js';
import { stackFacts } from './stack-facts.js';

/** Sessions whose research is looked at for the time one gap takes. */
const SAMPLE = 200;

/** What a session would do and cost, from the same rules that will run; writes nothing and asks nobody outside. */
@Injectable()
export class SessionEstimator {
  constructor(
    private readonly reader: BriefReader,
    private readonly research: ResearchService,
    private readonly code: CodeAnalysisService,
    private readonly nodes: SessionNodesRepository,
    private readonly config: Config,
  ) {}

  /** @throws AppError 422 `brief_unreadable` */
  async estimate(scope: WorkspaceScope, input: CreateSession) {
    const brief = briefOf(input);
    const options = optionsOf(input, this.config.research.maxOptionsPerGap);
    const read = this.reader.readOrRefuse(brief);
    const entries = input.files ? await this.code.stack(input.files) : [];
    const stack = stackFacts(entries, this.research.vocabulary(), this.research.allCandidates());
    const datasets = this.research.datasets();
    const gaps = identifyGaps({
      read,
      stack,
      definitions: this.research.definitions(),
      candidates: this.research.candidatesOf(ecosystemOf(brief, read, stack)),
      nodeSchedule: datasets.nodeSchedule,
      deprecated: datasets.deprecated,
    });
    const open = gaps.filter((gap) => gap.research);
    const known = await Promise.all(
      open.map((gap) => this.research.cached(scope, requestFor(gap.category, { brief, read, stack, options }))),
    );
    const toResearch = known.filter((result) => result === undefined).length;
    return {
      dryRun: true as const,
      needs: read.needs.length,
      gaps: gaps.map(({ id, category, status, research, reason }) => ({ id, category, status, research, reason })),
      gapsToResearch: open.length,
      gapsFromCache: open.length - toResearch,
      cost: { amount: '0.0000', currency: 'USD' },
      durationMs: await this.duration(scope, toResearch),
    };
  }

  /** Gaps in waves of what runs at once, each as long as a gap took at the median; null: nothing to compare with yet. */
  private async duration(scope: WorkspaceScope, gaps: number): Promise<number | null> {
    const median = await this.nodes.medianResearchMs(scope, SAMPLE);
    if (median === undefined) return null;
    return Math.round(Math.ceil(gaps / this.config.research.gapConcurrency) * median);
  }
}
