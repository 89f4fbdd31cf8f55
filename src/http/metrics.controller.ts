import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, type ApiResponseOptions, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { Config } from '../config/config.js';
import { Clock } from '../shared/clock/clock.js';
import { AppError } from '../shared/errors/app-error.js';
import { HttpMetrics } from '../shared/metrics/http.metrics.js';
import { ScrapeCollectors } from '../shared/metrics/scrape-collectors.js';
import { negotiate, Produces } from './negotiation.js';
import { Public } from './public.decorator.js';

export const METRICS_PATH = '/metrics';
const JSON_TYPE = 'application/json';

const TEXT_EXAMPLE = `# HELP tech_spec_http_requests_in_flight Requests being served at this moment.
# TYPE tech_spec_http_requests_in_flight gauge
tech_spec_http_requests_in_flight 1
`;
const ANSWERS: ApiResponseOptions = {
  status: 200,
  description: 'The metrics of this process',
  content: {
    'text/plain': { schema: { type: 'string' }, example: TEXT_EXAMPLE },
    [JSON_TYPE]: {
      schema: {
        type: 'object',
        required: ['service', 'status', 'api'],
        properties: {
          service: { type: 'string' },
          version: { type: 'string' },
          status: { type: 'string' },
          uptime_seconds: { type: 'integer' },
          at: { type: 'string', format: 'date-time' },
          api: {
            type: 'object',
            properties: {
              total_requests: { type: 'integer' },
              avg_duration_ms: { type: 'number' },
              slow_requests: { type: 'integer' },
              slow_request_rate: { type: 'number', description: '0 to 1' },
            },
          },
        },
      },
      example: {
        service: 'techspec',
        version: '0.1.0',
        status: 'ok',
        uptime_seconds: 42,
        at: '2026-01-31T09:30:00.000Z',
        api: { total_requests: 12, avg_duration_ms: 3.2, slow_requests: 0, slow_request_rate: 0 },
      },
    },
  },
};

@ApiTags('health')
@Controller(METRICS_PATH)
export class MetricsController {
  constructor(
    private readonly config: Config,
    private readonly collectors: ScrapeCollectors,
    private readonly http: HttpMetrics,
    private readonly clock: Clock,
  ) {}

  /** Prometheus text, or the JSON report for `Accept: application/json`. */
  @Get()
  @Public()
  @Produces('text/plain', JSON_TYPE, 'application/openmetrics-text')
  @ApiOperation({ summary: 'Metrics in the Prometheus text format, or a JSON report' })
  @ApiResponse(ANSWERS)
  async metrics(
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('authorization') authorization?: string,
    @Headers('accept') accept?: string,
  ): Promise<unknown> {
    this.check(authorization);
    if (negotiate(accept, ['text/plain', JSON_TYPE]) === JSON_TYPE) return this.report();
    await this.collectors.run();
    void reply.header('content-type', register.contentType);
    return register.metrics();
  }

  private check(authorization: string | undefined): void {
    const { token } = this.config.metrics;
    if (token === undefined || same(authorization ?? '', `Bearer ${token}`)) return;
    throw new AppError(
      'unauthenticated',
      'metrics_token_required',
      'Send Authorization: Bearer with the value of METRICS_TOKEN.',
    );
  }

  /** What exists now of the report of spec W5; sections of parts that come later are added with them. */
  private report(): Record<string, unknown> {
    const { requests, totalMs, slow } = this.http.totals();
    return {
      service: 'techspec',
      version: this.config.version,
      status: 'ok',
      uptime_seconds: Math.round(process.uptime()),
      at: this.clock.now().toISOString(),
      api: {
        total_requests: requests,
        avg_duration_ms: requests ? Math.round((totalMs / requests) * 1000) / 1000 : 0,
        slow_requests: slow,
        slow_request_rate: requests ? slow / requests : 0,
      },
    };
  }
}

/** Equal length for the comparison comes from hashing, so that the time tells nothing about the token. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
