import { Module } from '@nestjs/common';
import { ClockModule } from '../clock/clock.module.js';
import { CacheService } from './cache.service.js';
import { MemoryCacheService } from './memory-cache.service.js';

/** The cache of the product: import it where something is worth keeping and inject `CacheService`. */
@Module({
  imports: [ClockModule],
  providers: [{ provide: CacheService, useClass: MemoryCacheService }],
  exports: [CacheService],
})
export class CacheModule {}
