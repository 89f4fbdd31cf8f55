import { Module } from '@nestjs/common';
import { ClockModule } from '../clock/clock.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { WorkflowModule } from '../workflow/workflow.module.js';
import { JobRetention } from './job-retention.js';
import { JobRunner } from './job-runner.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';

@Module({
  imports: [ClockModule, DatabaseModule, WorkflowModule],
  providers: [JobsRepository, JobRunner, JobRetention, JobsService],
  exports: [JobsService],
})
export class JobsModule {}
