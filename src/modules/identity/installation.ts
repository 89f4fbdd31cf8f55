import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CacheRedis } from '../../shared/cache/cache-redis.js';
import { IdentityRepository } from './identity.repository.js';

/**
 * Tells the cache which installation this is: the time at which its first workspace was made, to the microsecond, which all
 * processes of one database read alike. Another installation on the same Redis, whose first workspace has the same id, is
 * another one.
 */
@Injectable()
export class Installation implements OnApplicationBootstrap {
  constructor(
    private readonly repository: IdentityRepository,
    private readonly redis: CacheRedis,
  ) {
    redis.expectInstallation();
  }

  async onApplicationBootstrap(): Promise<void> {
    this.redis.useInstallation(await this.repository.installedAt());
  }
}
