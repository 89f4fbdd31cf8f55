import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WarmUp } from '../../shared/cache/warm-up.js';
import { WorkspacesService } from '../identity/workspaces.service.js';
import { CriteriaService } from './criteria.service.js';

const MOST_WORKSPACES = 100;

/** The criteria of the newest workspaces: every comparison reads them first. */
@Injectable()
export class ResearchWarmUp implements OnModuleInit {
  constructor(
    private readonly warmUp: WarmUp,
    private readonly workspaces: WorkspacesService,
    private readonly criteria: CriteriaService,
  ) {}

  onModuleInit(): void {
    this.warmUp.add('criteria', () => this.loadCriteria());
  }

  /** One after the other: the connections belong to callers. */
  private async loadCriteria(): Promise<void> {
    for (const scope of await this.workspaces.newestScopes(MOST_WORKSPACES)) await this.criteria.current(scope);
  }
}
