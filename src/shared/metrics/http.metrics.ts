import { Injectable } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import { Counter, Gauge, Histogram } from 'prom-client';
import { DURATION_BUCKETS } from './buckets.js';

const REQUESTS = 'tech_spec_api_requests_total';
const DURATION = 'tech_spec_api_request_duration_seconds';
const IN_FLIGHT = 'tech_spec_http_requests_in_flight';
const THROTTLED = 'tech_spec_throttled_total';
const SLOW = 'tech_spec_slow_requests_total';

export const HTTP_METRICS = [
  makeCounterProvider({
    name: REQUESTS,
    help: 'Requests answered, by method, route template and status code.',
    labelNames: ['method', 'endpoint', 'status_code'],
  }),
  makeHistogramProvider({
    name: DURATION,
    help: 'Seconds from the first hook to the last byte of an answer.',
    labelNames: ['method', 'endpoint'],
    buckets: DURATION_BUCKETS,
  }),
  makeGaugeProvider({ name: IN_FLIGHT, help: 'Requests being served at this moment.' }),
  makeCounterProvider({
    name: THROTTLED,
    help: 'Calls that were refused, or would be in a dry run, by the policy that was exceeded.',
    labelNames: ['policy'],
  }),
  makeCounterProvider({
    name: SLOW,
    help: 'Requests slower than SLOW_REQUEST_MS.',
    labelNames: ['endpoint'],
  }),
];

interface Child {
  observe(seconds: number): void;
  readonly byStatus: Map<number, Answers>;
}

/** Answers of one route with one status that the counter does not know yet. */
interface Answers {
  pending: number;
  readonly inc: (count: number) => void;
}

/** Stands for one request; says itself whether it is counted among those in flight. */
export interface CountedRequest {
  inFlight: boolean;
}

/** Requests as the server's hooks see them: refused and unknown ones too. */
@Injectable()
export class HttpMetrics {
  /** By method, then by endpoint. */
  private readonly children = new Map<string, Map<string, Child>>();
  private inFlightCount = 0;
  private count = 0;
  private totalMs = 0;
  private slowCount = 0;

  constructor(
    @InjectMetric(REQUESTS) private readonly requests: Counter,
    @InjectMetric(DURATION) private readonly duration: Histogram,
    @InjectMetric(IN_FLIGHT) inFlight: Gauge,
    @InjectMetric(SLOW) private readonly slow: Counter,
    @InjectMetric(THROTTLED) private readonly refused: Counter,
  ) {
    // Told when somebody reads: updates of a gauge and a counter for each request would be for nobody.
    Object.assign(inFlight, { collect: () => inFlight.set(this.inFlightCount) });
    Object.assign(requests, { collect: () => this.tellPending() });
  }

  /** Makes a route's series exist at 0, so that the first failure after a start is a rise and not a birth. */
  declare(method: string, endpoint: string): void {
    const child = this.child(method, endpoint);
    this.duration.zero({ method, endpoint });
    this.statusOf(child, method, endpoint, 200);
    this.statusOf(child, method, endpoint, 500);
    this.slow.inc({ endpoint }, 0);
  }

  /** Counted once until it left. */
  started(request: CountedRequest): void {
    request.inFlight = true;
    this.inFlightCount += 1;
  }

  finished(answer: { method: string; endpoint: string; status: number; durationMs: number }): void {
    const child = this.child(answer.method, answer.endpoint);
    child.observe(answer.durationMs / 1000);
    this.statusOf(child, answer.method, answer.endpoint, answer.status).pending += 1;
    this.count += 1;
    this.totalMs += answer.durationMs;
  }

  slowRequest(endpoint: string): void {
    this.slowCount += 1;
    this.slow.inc({ endpoint });
  }

  throttled(policy: string): void {
    this.refused.inc({ policy });
  }

  /** It is no longer in flight: answered, or its caller went away. */
  left(request: CountedRequest | null): void {
    if (!request?.inFlight) return;
    request.inFlight = false;
    this.inFlightCount -= 1;
  }

  /** Totals since the start, for the JSON report. */
  totals(): { requests: number; totalMs: number; slow: number } {
    return { requests: this.count, totalMs: this.totalMs, slow: this.slowCount };
  }

  /** Label children are looked up once a route: hashing labels on each request costs more than counting. */
  private child(method: string, endpoint: string): Child {
    const known = this.children.get(method)?.get(endpoint);
    if (known) return known;
    const timer = this.duration.labels({ method, endpoint });
    const child: Child = { observe: (seconds) => timer.observe(seconds), byStatus: new Map() };
    const ofMethod = this.children.get(method) ?? new Map<string, Child>();
    this.children.set(method, ofMethod.set(endpoint, child));
    return child;
  }

  private statusOf(child: Child, method: string, endpoint: string, status: number): Answers {
    const known = child.byStatus.get(status);
    if (known) return known;
    const counter = this.requests.labels({ method, endpoint, status_code: String(status) });
    counter.inc(0);
    const made = { pending: 0, inc: (count: number) => counter.inc(count) };
    child.byStatus.set(status, made);
    return made;
  }

  private tellPending(): void {
    for (const ofMethod of this.children.values())
      for (const child of ofMethod.values())
        for (const answers of child.byStatus.values())
          if (answers.pending > 0) {
            answers.inc(answers.pending);
            answers.pending = 0;
          }
  }
}
