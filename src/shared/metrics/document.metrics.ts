import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';
import { DURATION_BUCKETS, PERCENT_BUCKETS, ROUND_BUCKETS } from './buckets.js';
import { DOCUMENT_TYPE_LABELS, type DocumentTypeLabel } from './labels.js';

const REQUESTS = 'tech_spec_doc_generation_requests_total';
const DURATION = 'tech_spec_doc_generation_duration_seconds';
const QUALITY = 'tech_spec_trd_quality_score';
const ROUNDS = 'tech_spec_trd_validation_iterations';

export const DOCUMENT_METRICS = [
  makeCounterProvider({ name: REQUESTS, help: 'Documents produced, by type.', labelNames: ['document_type'] }),
  makeHistogramProvider({
    name: DURATION,
    help: 'Seconds to produce one document, repair rounds included.',
    labelNames: ['document_type'],
    buckets: DURATION_BUCKETS,
  }),
  makeHistogramProvider({ name: QUALITY, help: 'Quality score 0-100 of a stored document.', buckets: PERCENT_BUCKETS }),
  makeHistogramProvider({
    name: ROUNDS,
    help: 'Rounds of scoring and repair a document needed.',
    buckets: ROUND_BUCKETS,
  }),
];

@Injectable()
export class DocumentMetrics implements OnModuleInit {
  constructor(
    @InjectMetric(REQUESTS) private readonly requests: Counter,
    @InjectMetric(DURATION) private readonly duration: Histogram,
    @InjectMetric(QUALITY) private readonly quality: Histogram,
    @InjectMetric(ROUNDS) private readonly rounds: Histogram,
  ) {}

  onModuleInit(): void {
    for (const document_type of DOCUMENT_TYPE_LABELS) {
      this.requests.inc({ document_type }, 0);
      this.duration.zero({ document_type });
    }
  }

  produced(type: DocumentTypeLabel, seconds: number): void {
    this.requests.inc({ document_type: type });
    this.duration.observe({ document_type: type }, seconds);
  }

  /** A stored TRD: its score 0-100 and the rounds it took. */
  scored(score: number, rounds: number): void {
    this.quality.observe(score);
    this.rounds.observe(rounds);
  }
}
