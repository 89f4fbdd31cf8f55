import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/cache.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { CostsRepository } from './costs.repository.js';
import { CostsService } from './costs.service.js';

/** Money: recorded where it is spent, read by the dashboard. */
@Module({ imports: [CacheModule, DatabaseModule], providers: [CostsRepository, CostsService], exports: [CostsService] })
export class CostsModule {}
