import { Module } from '@nestjs/common';
import { JobsModule } from '../shared/jobs/jobs.module.js';
import { JobsController } from './jobs.controller.js';

/** Calls on jobs, whatever feature made them. */
@Module({ imports: [JobsModule], controllers: [JobsController] })
export class JobsEndpointsModule {}
