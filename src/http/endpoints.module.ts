import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ClockModule } from '../shared/clock/clock.module.js';
import { DatabaseModule } from '../shared/database/database.module.js';
import { HealthModule } from '../shared/health/health.module.js';
import { RedisModule } from '../shared/redis/redis.module.js';
import { ApiDescription } from './api-description.js';
import { DependencyChecks } from './dependency-checks.js';
import { DocsController } from './docs.controller.js';
import { DocsPage } from './docs-page.js';
import { HealthController } from './health.controller.js';

/** Calls that belong to no feature: probes and documentation. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), ClockModule, DatabaseModule, HealthModule, RedisModule],
  controllers: [HealthController, DocsController],
  providers: [ApiDescription, DependencyChecks, DocsPage],
})
export class EndpointsModule {}
