import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Limit } from '../../http/limit.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { ASK_AGAIN, ResponseCache } from '../../http/response-cache.decorator.js';
import { Requires } from '../../http/requires.decorator.js';
import { checkAnswer, checkQuery, sha256Param, type CheckQuery } from './evidence.schemas.js';
import { EVIDENCE_TAG, EvidenceService } from './evidence.service.js';
import { checkCitation } from './evidence/citation.js';
import type { Citation, EvidencePiece, Sha256 } from './research.types.js';

/** What a hash names never changes; that it is there does, by other processes, too. */
const KEPT = { ttl: 300, scope: 'workspace', tags: [EVIDENCE_TAG], shared: 'split' } as const;

/** Stored snapshots, and whether they support a claim. */
@ApiTags('evidence')
@Limit('default')
@Controller('v1/evidence')
export class EvidenceController {
  constructor(private readonly evidence: EvidenceService) {}

  /**
   * The body as it was stored. It came from outside, so it's sent as plain text or bytes to be saved, never as something a
   * browser would show or run.
   */
  @Get(':sha256')
  @Requires('viewer')
  @ResponseCache(KEPT)
  @ApiOperation({ summary: 'The stored snapshot with this hash' })
  @ApiResponse({
    status: 200,
    description: 'The bytes whose SHA-256 is the hash; what is no text comes as application/octet-stream',
    content: { 'text/plain': { schema: { type: 'string' }, example: '{"license":"MIT","name":"pg-boss"}' } },
  })
  @ApiResponse({ status: 404, description: 'Unknown in your workspace' })
  @ApiResponse({ status: 410, description: 'Removed; the problem says when' })
  async body(
    @Identity() identity: RequestIdentity,
    @Param('sha256', { schema: sha256Param }) sha256: Sha256,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const piece = await this.evidence.get(identity.scope, sha256);
    const isText = isTextual(piece.mediaType);
    void reply.headers({
      'content-type': isText ? 'text/plain; charset=utf-8' : 'application/octet-stream',
      'content-disposition': `attachment; filename="${sha256.slice(0, 12)}.${isText ? 'txt' : 'bin'}"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      // Immutable, but it can be removed: a shared or long-lived copy would outlive the tombstone.
      'cache-control': 'private, no-cache',
      etag: `"${sha256}"`,
      'x-evidence-source': piece.source,
    });
    return Buffer.from(piece.body, 'utf8');
  }

  /** The citation gate, for anybody who wants to check a document from the outside. */
  @Get(':sha256/check')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache(KEPT)
  @ApiOperation({ summary: 'Does this piece of evidence support the claim?' })
  @ApiResponse({ status: 200, description: 'What the citation gate says', standardSchema: checkAnswer })
  async check(
    @Identity() identity: RequestIdentity,
    @Param('sha256', { schema: sha256Param }) sha256: Sha256,
    @Query({ schema: checkQuery }) query: CheckQuery,
  ): Promise<z.infer<typeof checkAnswer>> {
    const piece = await this.evidence.get(identity.scope, sha256);
    const subject = query.subject === undefined ? undefined : { name: query.subject, version: query.version };
    const verdicts = claimsOf(sha256, query).map((claim) => checkCitation(claim, piece, subject));
    const verdict = verdicts.find((one) => one !== 'not-found') ?? 'not-found';
    return { sha256, title: piece.title, verdict, supports: verdict === 'found' };
  }
}

/** A query string has no types: `10` may be the number or the text, so both readings are tried. */
function claimsOf(evidence: Sha256, query: CheckQuery): Citation[] {
  if (query.quote !== undefined) return [{ evidence, quote: query.quote }];
  const { pointer = '', value = '' } = query;
  const plain: Citation = { evidence, pointer, value };
  const parsed = scalarOf(value);
  return parsed === undefined ? [plain] : [plain, { evidence, pointer, value: parsed.value }];
}

function scalarOf(text: string): { readonly value: string | number | boolean | null } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isScalar = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    return isScalar ? { value: value as string | number | boolean | null } : undefined;
  } catch {
    return undefined;
  }
}

function isTextual(mediaType: EvidencePiece['mediaType']): boolean {
  return /^text\/|^application\/(json|xml|.*\+(json|xml))\b/i.test(mediaType);
}
