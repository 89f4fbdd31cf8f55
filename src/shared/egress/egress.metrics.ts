import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Gauge } from 'prom-client';
import { EGRESS_RESULTS, type BreakerState, type EgressRecorder, type EgressResult } from './egress.types.js';

const REQUESTS = 'tech_spec_upstream_requests_total';
const BREAKER = 'tech_spec_upstream_breaker_state';
const STATE_VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

export const EGRESS_METRICS = [
  makeCounterProvider({
    name: REQUESTS,
    help: 'Attempts to call an upstream, and refusals before a call, by what they came to.',
    labelNames: ['upstream', 'result'],
  }),
  makeGaugeProvider({
    name: BREAKER,
    help: 'Breaker of an upstream: 0 closed, 1 half open, 2 open.',
    labelNames: ['upstream'],
  }),
];

/** Calls to the outside as metrics, and outages in the log. */
@Injectable()
export class EgressMetrics implements EgressRecorder {
  private readonly log = new Logger('egress');

  constructor(
    @InjectMetric(REQUESTS) private readonly requests: Counter,
    @InjectMetric(BREAKER) private readonly breakers: Gauge,
  ) {}

  /** Makes every child of an upstream exist at 0. */
  declare(upstream: string): void {
    for (const result of EGRESS_RESULTS) this.requests.inc({ upstream, result }, 0);
    this.breakers.set({ upstream }, STATE_VALUES.closed);
  }

  request(upstream: string, result: EgressResult): void {
    this.requests.inc({ upstream, result });
  }

  /** One line for an outage, however many calls it costs; each of them is in the counter. */
  breaker(upstream: string, state: BreakerState, cause?: string): void {
    if (state === 'open')
      this.log.warn({ upstream, cause }, 'calls to an upstream fail; it is left alone for some seconds');
    this.breakers.set({ upstream }, STATE_VALUES[state]);
  }
}
