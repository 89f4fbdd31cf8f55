import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseModule } from '../shared/database/database.module.js';
import { HealthModule } from '../shared/health/health.module.js';
import { ApiDescription } from './api-description.js';
import { DocsController } from './docs.controller.js';
import { DocsPage } from './docs-page.js';
import { HealthController } from './health.controller.js';

/** Calls that belong to no feature: probes and documentation. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), DatabaseModule, HealthModule],
  controllers: [HealthController, DocsController],
  providers: [ApiDescription, DocsPage],
})
export class EndpointsModule {}
