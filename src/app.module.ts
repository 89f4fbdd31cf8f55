import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { EndpointsModule } from './http/endpoints.module.js';
import { HttpModule } from './http/http.module.js';
import { JobsEndpointsModule } from './http/jobs-endpoints.module.js';
import { MetricsEndpointModule } from './http/metrics-endpoint.module.js';
import { CodeAnalysisModule } from './modules/code-analysis/code-analysis.module.js';
import { DashboardModule } from './modules/dashboard/dashboard.module.js';
import { IdentityGuard } from './modules/identity/identity.guard.js';
import { IdentityModule } from './modules/identity/identity.module.js';
import { ResearchModule } from './modules/research/research.module.js';
import { SessionsModule } from './modules/sessions/sessions.module.js';
import { CacheModule } from './shared/cache/cache.module.js';
import { DatabaseModule } from './shared/database/database.module.js';
import { HealthModule } from './shared/health/health.module.js';
import { LoggingModule } from './shared/logging/logging.module.js';
import { MetricsModule } from './shared/metrics/metrics.module.js';
import { WorkflowModule } from './shared/workflow/workflow.module.js';

/** The one list of everything: settings and the ground first, then the edge, then the features. */
@Module({})
export class AppModule {
  static register(config: Config, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(config),
        LoggingModule.register(logger),
        DatabaseModule,
        HealthModule,
        MetricsModule,
        ...MetricsEndpointModule.register(config),
        HttpModule.register([IdentityModule], IdentityGuard),
        EndpointsModule,
        IdentityModule,
        CacheModule,
        WorkflowModule,
        JobsEndpointsModule,
        ResearchModule,
        CodeAnalysisModule,
        SessionsModule,
        DashboardModule,
      ],
    };
  }
}
