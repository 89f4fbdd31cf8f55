import { Module } from '@nestjs/common';
import { EGRESS_METRICS, EgressMetrics } from './egress.metrics.js';

/** What clients of the outside share; a client makes its own `ConfiguredOrigin` with the limits it needs. */
@Module({ providers: [...EGRESS_METRICS, EgressMetrics], exports: [EgressMetrics] })
export class EgressModule {}
