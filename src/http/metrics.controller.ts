import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, type ApiResponseOptions, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { z } from 'zod';
import { Limit } from './limit.decorator.js';
import { Config } from '../config/config.js';
import { AppError } from '../shared/errors/app-error.js';
import { ScrapeCollectors } from '../shared/metrics/scrape-collectors.js';
import { negotiate, Produces } from './negotiation.js';
import { PerformanceReporter } from './performance-reporter.js';
import { performanceReportSchema } from './performance-report.schema.js';
import { Public } from './public.decorator.js';

export const METRICS_PATH = '/metrics';
const JSON_TYPE = 'application/json';

const TEXT_EXAMPLE = `# HELP tech_spec_http_requests_in_flight Requests being served at this moment.
# TYPE tech_spec_http_requests_in_flight gauge
tech_spec_http_requests_in_flight 1
`;
const { example: JSON_EXAMPLE, ...JSON_SCHEMA } = z.toJSONSchema(performanceReportSchema);
// Names the dialect, which OpenAPI 3.1 takes for granted.
delete JSON_SCHEMA.$schema;
const ANSWERS: ApiResponseOptions = {
  status: 200,
  description: 'The metrics of this process',
  content: {
    'text/plain': { schema: { type: 'string' }, example: TEXT_EXAMPLE },
    [JSON_TYPE]: { schema: JSON_SCHEMA as object, example: JSON_EXAMPLE },
  },
};

@ApiTags('health')
@Limit('none')
@Controller(METRICS_PATH)
export class MetricsController {
  constructor(
    private readonly config: Config,
    private readonly collectors: ScrapeCollectors,
    private readonly reporter: PerformanceReporter,
  ) {}

  /** Prometheus text, or the JSON report for `Accept: application/json`. */
  @Get()
  @Public()
  @Header('cache-control', 'no-store')
  @Header('vary', 'Accept')
  @Produces('text/plain', JSON_TYPE, 'application/openmetrics-text')
  @ApiOperation({ summary: 'Metrics in the Prometheus text format, or a JSON report' })
  @ApiResponse(ANSWERS)
  @ApiResponse({ status: 401, description: 'METRICS_TOKEN is set, and another was sent' })
  async metrics(
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('authorization') authorization?: string,
    @Headers('accept') accept?: string,
  ): Promise<unknown> {
    this.check(authorization);
    if (negotiate(accept, ['text/plain', JSON_TYPE]) === JSON_TYPE) return this.reporter.report();
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
}

/** Equal length for the comparison comes from hashing, so that the time tells nothing about the token. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
