import { type DynamicModule, Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { register } from 'prom-client';
import type { Config } from '../config/config.js';
import { MetricsModule } from '../shared/metrics/metrics.module.js';
import { MetricsController } from './metrics.controller.js';
import { PerformanceReportModule } from './performance-report.module.js';

/** Shows what the recorders hold at `GET /metrics`; not imported when metrics are switched off, so the answer is 404. */
@Module({})
export class MetricsEndpointModule {
  static register(config: Config): DynamicModule[] {
    // The registry belongs to the process, the application to a test: the one place that empties it.
    register.clear();
    if (!config.metrics.enabled) return [];
    const exposure = PrometheusModule.registerAsync({
      imports: [MetricsModule, PerformanceReportModule],
      controller: MetricsController,
      useFactory: () => ({ path: '/metrics', defaultMetrics: { enabled: true } }),
    });
    return [{ module: MetricsEndpointModule, imports: [exposure] }];
  }
}
