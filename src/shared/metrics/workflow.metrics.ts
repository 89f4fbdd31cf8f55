import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import { Counter, Gauge, Histogram } from 'prom-client';
import { COST_BUCKETS, DURATION_BUCKETS, PERCENT_BUCKETS, WORKFLOW_BUCKETS } from './buckets.js';
import {
  ERROR_TYPE_LABELS,
  errorTypeOf,
  NODE_LABELS,
  type NodeLabel,
  SESSION_STATUS_LABELS,
  type SessionStatusLabel,
} from './labels.js';
import { ScrapeCollectors } from './scrape-collectors.js';

const SESSIONS = 'tech_spec_workflow_sessions_total';
const DURATION = 'tech_spec_workflow_duration_seconds';
const COMPLETION = 'tech_spec_workflow_completion_percentage';
const COST = 'tech_spec_workflow_cost_usd';
const NODE_DURATION = 'tech_spec_workflow_node_duration_seconds';
const NODE_ERRORS = 'tech_spec_workflow_node_errors_total';
const CURRENT = 'tech_spec_workflow_sessions';

export const WORKFLOW_METRICS = [
  makeCounterProvider({
    name: SESSIONS,
    help: 'Sessions that entered a status.',
    labelNames: ['status'],
  }),
  makeHistogramProvider({
    name: DURATION,
    help: 'Seconds from the start of a run of a session to its end, waits for people included.',
    buckets: WORKFLOW_BUCKETS,
  }),
  makeHistogramProvider({
    name: COMPLETION,
    help: 'Percentage of its gaps a session had settled when it ended.',
    buckets: PERCENT_BUCKETS,
  }),
  makeHistogramProvider({ name: COST, help: 'US dollars paid for one session.', buckets: COST_BUCKETS }),
  makeHistogramProvider({
    name: NODE_DURATION,
    help: 'Seconds of one node of the pipeline.',
    labelNames: ['node_name'],
    buckets: DURATION_BUCKETS,
  }),
  makeCounterProvider({
    name: NODE_ERRORS,
    help: 'Failed attempts of a node, by kind of error.',
    labelNames: ['node_name', 'error_type'],
  }),
  makeGaugeProvider({
    name: CURRENT,
    help: 'Sessions now in a status, over all workspaces; one query at the scrape.',
    labelNames: ['status'],
  }),
];

/** What happens inside one node. */
@Injectable()
export class NodeMetrics implements OnModuleInit {
  constructor(
    @InjectMetric(NODE_DURATION) private readonly duration: Histogram,
    @InjectMetric(NODE_ERRORS) private readonly errors: Counter,
  ) {}

  onModuleInit(): void {
    for (const node_name of NODE_LABELS) {
      this.duration.zero({ node_name });
      for (const error_type of ERROR_TYPE_LABELS) this.errors.inc({ node_name, error_type }, 0);
    }
  }

  finished(node: NodeLabel, seconds: number): void {
    this.duration.observe({ node_name: node }, seconds);
  }

  failed(node: NodeLabel, thrown: unknown): void {
    this.errors.inc({ node_name: node, error_type: errorTypeOf(thrown) });
  }
}

/** Life of sessions. Nothing here is labelled by session: 10,000 new sessions add no series. */
@Injectable()
export class WorkflowMetrics implements OnModuleInit {
  constructor(
    @InjectMetric(SESSIONS) private readonly sessions: Counter,
    @InjectMetric(DURATION) private readonly duration: Histogram,
    @InjectMetric(COMPLETION) private readonly completion: Histogram,
    @InjectMetric(COST) private readonly cost: Histogram,
    private readonly nodes: NodeMetrics,
  ) {}

  onModuleInit(): void {
    for (const status of SESSION_STATUS_LABELS) this.sessions.inc({ status }, 0);
  }

  /** A session entered `status`. */
  entered(status: SessionStatusLabel): void {
    this.sessions.inc({ status });
  }

  /** A run ended. `completionPercent` 0-100, `costUsd` in US dollars. */
  ended(run: { readonly seconds: number; readonly completionPercent: number; readonly costUsd: number }): void {
    this.duration.observe(run.seconds);
    this.completion.observe(run.completionPercent);
    this.cost.observe(run.costUsd);
  }

  nodeFinished(node: NodeLabel, seconds: number): void {
    this.nodes.finished(node, seconds);
  }

  /** @param thrown the error itself; only its kind becomes a label */
  nodeFailed(node: NodeLabel, thrown: unknown): void {
    this.nodes.failed(node, thrown);
  }
}

/** The gauge of sessions by status: whoever owns the rows gives the one query that fills it. */
@Injectable()
export class SessionGauge {
  constructor(
    @InjectMetric(CURRENT) private readonly gauge: Gauge,
    private readonly collectors: ScrapeCollectors,
  ) {}

  /** @param count sessions by status, in one query; run at each scrape, with a deadline */
  countedBy(count: () => Promise<Readonly<Partial<Record<SessionStatusLabel, number>>>>): void {
    this.collectors.add('workflow_sessions', async () => {
      const counts = await count();
      for (const status of SESSION_STATUS_LABELS) this.gauge.set({ status }, counts[status] ?? 0);
    });
  }
}
