import type { Candidate } from '../research.types.js';
import { listed, npm, quoted, recorded } from './candidate-builder.js';

export const OBSERVABILITY: readonly Candidate[] = [
  npm('observability', '@opentelemetry/sdk-node', 'OpenTelemetry', {
    names: ['opentelemetry', 'open telemetry', 'otel', '@opentelemetry/sdk-node'],
    categoryNeed: recorded(1, '/dependencies/@opentelemetry~1exporter-logs-otlp-proto'),
    companions: ['@opentelemetry/auto-instrumentations-node'],
    brings: ['a collector or a service that understands OTLP', 'must be loaded before the code it observes'],
  }),
  npm('observability', '@sentry/node', 'Sentry', {
    rented: true,
    names: ['sentry', '@sentry/node'],
    brings: ['errors with their context in one service'],
    storesPersonalData: 'request data in error reports, with the provider',
  }),
  npm(
    'observability',
    'prom-client',
    'Prometheus through prom-client',
    {
      names: ['prom-client', 'prometheus'],
      needsServers: ['prometheus'],
      categoryNeed: quoted(
        0,
        'README.md',
        'A prometheus client for Node.js that supports histogram, summaries, gauges',
      ),
      brings: ['metrics only: logs and traces are chosen apart'],
    },
    'prom-client',
  ),
  npm('observability', 'dd-trace', 'Datadog', {
    rented: true,
    names: ['datadog', 'dd-trace'],
    needsServers: ['datadog-agent'],
    brings: ['an agent beside the process'],
    storesPersonalData: 'request data in traces, with the provider',
  }),
  ...listed(
    'observability',
    'python',
    ['opentelemetry-sdk', 'OpenTelemetry', { names: ['opentelemetry', 'otel', 'opentelemetry-sdk'] }],
    ['sentry-sdk', 'Sentry'],
    [
      'prometheus-client',
      'Prometheus client',
      { names: ['prometheus', 'prometheus-client'], needsServers: ['prometheus'] },
    ],
  ),
  ...listed(
    'observability',
    'java',
    ['io.opentelemetry:opentelemetry-sdk', 'OpenTelemetry'],
    ['io.micrometer:micrometer-core', 'Micrometer'],
  ),
  ...listed(
    'observability',
    'go',
    ['go.opentelemetry.io/otel', 'OpenTelemetry'],
    [
      'github.com/prometheus/client_golang',
      'Prometheus client',
      { names: ['prometheus'], needsServers: ['prometheus'] },
    ],
  ),
];
