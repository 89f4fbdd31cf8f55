import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseModule } from '../shared/database/database.module.js';
import { HealthModule } from '../shared/health/health.module.js';
import { HealthController } from './health.controller.js';

/** Calls that belong to no feature: probes and documentation. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), DatabaseModule, HealthModule],
  controllers: [HealthController],
})
export class EndpointsModule {}
