import { Module } from '@nestjs/common';
import { ClockModule } from '../clock/clock.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { DbosWorkflowEngine } from './dbos-workflow-engine.js';
import { WorkflowEngine } from './workflow-engine.js';

@Module({
  imports: [ClockModule, DatabaseModule],
  providers: [DbosWorkflowEngine, { provide: WorkflowEngine, useExisting: DbosWorkflowEngine }],
  exports: [WorkflowEngine],
})
export class WorkflowModule {}
