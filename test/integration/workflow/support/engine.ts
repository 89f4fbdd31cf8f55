import { join } from 'node:path';
import { loadConfig } from '../../../../src/config/load-config.js';
import { Clock, IdSource } from '../../../../src/shared/clock/clock.js';
import { DbosWorkflowEngine } from '../../../../src/shared/workflow/dbos-workflow-engine.js';
import type { DatabaseConnection } from '../../../../src/shared/database/database-connection.js';

export interface EngineSettings {
  readonly url: string;
  readonly role?: 'all' | 'api' | 'worker';
  readonly version?: string;
  readonly perProcess?: number;
  readonly fleet?: number;
  readonly fleetSteps?: number;
  readonly heartbeatMs?: number;
  readonly deadAfterMs?: number;
  readonly graceMs?: number;
  readonly verbose?: boolean;
}

/** The real engine with the settings' defaults of the product, but where a test says otherwise. */
export function engineFor(settings: EngineSettings): DbosWorkflowEngine {
  const config = loadConfig({}, join(__dirname, '../../../..'));
  const clock = new Clock();
  return new DbosWorkflowEngine(
    {
      ...config,
      role: settings.role ?? 'worker',
      workflowVersion: settings.version ?? '1',
      workflow: {
        ...config.workflow,
        heartbeatMs: settings.heartbeatMs ?? config.workflow.heartbeatMs,
        deadAfterMs: settings.deadAfterMs ?? config.workflow.deadAfterMs,
      },
    },
    { url: settings.url } as unknown as DatabaseConnection,
    clock,
    new IdSource(clock),
  );
}
