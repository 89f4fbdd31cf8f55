/** What clients get, for OpenAPI. Wide parts (options with their facts, the document's body) are described in the guide. */
import { z } from 'zod';
import { pageAnswer } from '../../http/pagination.js';
import { auditEntryAnswer } from '../identity/identity.types.js';
import { CATEGORIES } from '../research/research.types.js';
import { NODES, PHASES, SESSION_STATUSES } from './sessions.types.js';

const ID = '01939f4e-5c00-7000-8000-000000000001';
const TIME = '2026-01-31T12:00:00.000Z';
const SHA = '83c65e74bf26d5b0a1f0c6f2b3f1f8f0e4a9b1c2d3e4f5a6b7c8d9e0f1a2b3c4';

const time = z.iso.datetime().meta({ example: TIME });
const maybeTime = z.iso.datetime().nullable();
const money = z
  .object({ amount: z.string(), currency: z.string() })
  .meta({ example: { amount: '0.0000', currency: 'USD' } });
const failure = z.object({ code: z.string(), message: z.string() });

const node = z.object({
  name: z.enum(NODES),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  durationMs: z.number().nullable(),
  startedAt: maybeTime,
  finishedAt: maybeTime,
  attempts: z.number().int(),
  gaps: z.object({ done: z.number().int(), failed: z.number().int(), total: z.number().int() }).optional(),
});

const decision = z.looseObject({
  gapId: z.string(),
  category: z.enum(CATEGORIES),
  optionId: z.string().optional(),
  custom: z.string().optional(),
  reason: z.string().optional(),
  by: z.enum(['policy', 'person', 'brief']),
});
const storedDecision = decision.extend({ decidedBy: z.string(), decidedAt: time });

const gap = z.looseObject({
  id: z.string(),
  category: z.enum(CATEGORIES),
  status: z.enum(['decided', 'conflict', 'obsolete', 'partial', 'open', 'follows', 'not-needed', 'unknown']),
  rule: z.string(),
  reason: z.string(),
  evidence: z.array(z.object({ where: z.string(), words: z.string() })),
  research: z.boolean(),
});
const gapExample = {
  id: 'G-1',
  category: 'queue-jobs',
  status: 'open',
  rule: 'GAP-TRIGGERED',
  reason: 'a payout waits for the concert',
  evidence: [{ where: 'N5', words: 'payout to the seller after the concert' }],
  needs: ['N5'],
  research: true,
};

const gapWithOptions = gap
  .extend({
    error: failure.nullable(),
    options: z.array(z.looseObject({ id: z.string(), label: z.string(), version: z.string().nullable() })),
    evidenceHashes: z.array(z.string()),
    verdict: z.enum(['clear', 'close', 'undecidable', 'no-choice', 'none']).nullable(),
    leader: z.string().nullable(),
    wouldChange: z.array(z.looseObject({ kind: z.string() })),
    decision: storedDecision.nullable(),
  })
  .meta({
    example: {
      ...gapExample,
      error: null,
      options: [{ id: 'queue-jobs/pg-boss', label: 'pg-boss', version: '12.38.0' }],
      evidenceHashes: [SHA],
      verdict: 'clear',
      leader: 'queue-jobs/pg-boss',
      wouldChange: [],
      decision: null,
    },
  });

const summary = z.object({
  id: z.uuid(),
  name: z.string(),
  status: z.enum(SESSION_STATUSES),
  progress: z.number().int().min(0).max(100),
  run: z.number().int(),
  projectType: z.string(),
  model: z.string().nullable(),
  priority: z.number().int(),
  createdAt: time,
  updatedAt: time,
  finishedAt: maybeTime,
});
const summaryExample = {
  id: ID,
  name: 'Order service',
  status: 'completed',
  progress: 100,
  run: 1,
  projectType: 'web service',
  model: null,
  priority: 5,
  createdAt: TIME,
  updatedAt: TIME,
  finishedAt: TIME,
};

export const sessionAnswer = z
  .looseObject({
    id: z.uuid(),
    name: z.string(),
    status: z.enum(SESSION_STATUSES),
    phase: z.enum(PHASES),
    run: z.number().int(),
    progress: z.number().int().min(0).max(100),
    nodes: z.array(node),
    cost: money,
    cacheSavings: z.object({ gapsFromCache: z.number().int(), cost: money }),
    degraded: z.array(z.object({ gapId: z.string(), reason: z.string() })),
    error: failure.nullable(),
    document: z
      .object({
        version: z.number().int(),
        sha256: z.string(),
        quality: z.number().nullable(),
        run: z.number().int(),
      })
      .nullable(),
    createdAt: time,
    updatedAt: time,
    startedAt: maybeTime,
    finishedAt: maybeTime,
    durationMs: z.number().nullable(),
    gaps: z.array(gapWithOptions).optional(),
    decisions: z.array(storedDecision).optional(),
  })
  .meta({
    example: {
      id: ID,
      name: 'Order service',
      status: 'completed',
      phase: 'document',
      run: 1,
      progress: 100,
      nodes: [{ name: 'ingest', state: 'done', durationMs: 12, startedAt: TIME, finishedAt: TIME, attempts: 1 }],
      cost: { amount: '0.0000', currency: 'USD' },
      cacheSavings: { gapsFromCache: 3, cost: { amount: '0.0000', currency: 'USD' } },
      degraded: [],
      error: null,
      document: { version: 1, sha256: SHA, quality: 91, run: 1 },
      createdAt: TIME,
      updatedAt: TIME,
      startedAt: TIME,
      finishedAt: TIME,
      durationMs: 1840,
    },
  });

export const estimateAnswer = z
  .object({
    dryRun: z.literal(true),
    needs: z.number().int(),
    gaps: z.array(z.looseObject({ id: z.string(), category: z.enum(CATEGORIES), research: z.boolean() })),
    gapsToResearch: z.number().int(),
    gapsFromCache: z.number().int(),
    cost: money,
    durationMs: z.number().nullable(),
  })
  .meta({
    example: {
      dryRun: true,
      needs: 14,
      gaps: [gapExample],
      gapsToResearch: 1,
      gapsFromCache: 0,
      cost: { amount: '0.0000', currency: 'USD' },
      durationMs: 2100,
    },
  });

export const sessionPageAnswer = pageAnswer(summary).meta({
  example: { items: [summaryExample], nextCursor: null, prevCursor: null, hasNext: false },
});

/** What a call of the life cycle answers: the status it led to. */
export const statusAnswer = z
  .object({ id: z.uuid(), status: z.enum(SESSION_STATUSES), run: z.number().int(), progress: z.number().int() })
  .meta({ example: { id: ID, status: 'paused', run: 1, progress: 45 } });

export const gapsAnswer = z
  .object({ items: z.array(gapWithOptions) })
  .meta({ example: { items: [gapWithOptions.meta()?.example] } });
export const gapAnswer = gapWithOptions;
export const planAnswer = z.object({ gaps: z.array(gap) }).meta({ example: { gaps: [gapExample] } });

const decisionExample = { gapId: 'G-1', category: 'queue-jobs', optionId: 'queue-jobs/pg-boss', by: 'person' };
export const decisionAnswer = z
  .object({ decision, open: z.array(z.string()), status: z.enum(SESSION_STATUSES) })
  .meta({ example: { decision: decisionExample, open: ['G-2'], status: 'awaiting_decision' } });
export const decisionsAnswer = z
  .object({ items: z.array(storedDecision) })
  .meta({ example: { items: [{ ...decisionExample, decidedBy: 'key1', decidedAt: TIME }] } });

export const auditAnswer = pageAnswer(auditEntryAnswer).meta({
  example: { items: [auditEntryAnswer.meta()?.example], hasNext: false, nextCursor: null, prevCursor: null },
});
