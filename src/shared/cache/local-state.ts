import { Injectable } from '@nestjs/common';
import { CacheCounters } from './cache-counters.js';
import { Failures } from './failures.js';
import { FirstTier } from './first-tier.js';
import { Flights } from './flights.js';

/** What this process knows: values, flights, failures and counts. */
@Injectable()
export class LocalState {
  readonly flights = new Flights();
  readonly failures = new Failures();

  constructor(
    readonly first: FirstTier,
    readonly counters: CacheCounters,
  ) {}
}
