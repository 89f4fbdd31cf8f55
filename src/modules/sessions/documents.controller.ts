import { createHash } from 'node:crypto';
import { Controller, Get, Header, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Limit } from '../../http/limit.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import { negotiate, Produces } from '../../http/negotiation.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { ASK_AGAIN, ResponseCache } from '../../http/response-cache.decorator.js';
import { Requires } from '../../http/requires.decorator.js';
import { adrsAnswer, diffAnswer, DOCUMENT_CONTENT, versionsAnswer } from './document-answers.schemas.js';
import { PAGE_STYLE } from './document/render/page-style.js';
import { DocumentsService } from './documents.service.js';
import { SESSION_TAG } from './session-changes.js';
import { diffQuerySchema, SESSION_ID, versionQuerySchema } from './sessions.schemas.js';

const TYPES = ['application/json', 'text/markdown', 'text/html'] as const;

/** The page has one style element of ours and nothing else that a browser may run or load. */
const PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'; ` +
  `frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** Other versions come from workers, and a session may be deleted by any process. */
const KEPT = { ttl: 300, scope: 'workspace', tags: [SESSION_TAG], shared: 'split' } as const;

interface VersionQuery {
  version?: number;
}

@ApiTags('documents')
@Limit('default')
@Controller('v1/sessions/:id/document')
export class DocumentsController {
  constructor(private readonly documents: DocumentsService) {}

  @Get()
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache(KEPT)
  @Produces(...TYPES)
  @ApiOperation({ summary: 'The document, as Accept asks: JSON, Markdown or HTML' })
  @ApiResponse({ status: 200, description: 'The newest version, or the one asked for', content: DOCUMENT_CONTENT })
  async document(
    @Identity() { scope }: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Query({ schema: versionQuerySchema }) { version }: VersionQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    void reply.header('vary', 'Accept');
    switch (negotiate(accept, TYPES)) {
      case 'text/markdown':
        void reply.type('text/markdown; charset=utf-8');
        return this.documents.markdown(scope, id, version);
      case 'text/html':
        void reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY);
        return this.documents.html(scope, id, version);
      default:
        return this.documents.find(scope, id, version);
    }
  }

  @Get('versions')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache(KEPT)
  @ApiOperation({ summary: 'Versions of the document, one per run' })
  @ApiResponse({ status: 200, description: 'Oldest first', standardSchema: versionsAnswer })
  async versions(@Identity() { scope }: RequestIdentity, @Param('id', SESSION_ID) id: string) {
    const versions = await this.documents.versions(scope, id);
    const items = versions.map(({ qualityTotal, createdAt, ...version }) => ({
      ...version,
      quality: qualityTotal,
      createdAt: createdAt.toISOString(),
    }));
    return { items };
  }

  @Get('diff')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache(KEPT)
  @ApiOperation({ summary: 'What changed between two versions' })
  @ApiResponse({ status: 200, description: 'By section and item', standardSchema: diffAnswer })
  async diff(
    @Identity() { scope }: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Query({ schema: diffQuerySchema }) { from, to }: { from: number; to: number },
  ) {
    return { from, to, ...(await this.documents.diff(scope, id, from, to)) };
  }

  @Get('adrs')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache(KEPT)
  @ApiOperation({ summary: 'One architecture decision record (MADR) per compared gap' })
  @ApiResponse({ status: 200, description: 'File names and Markdown', standardSchema: adrsAnswer })
  async adrs(
    @Identity() { scope }: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Query({ schema: versionQuerySchema }) { version }: VersionQuery,
  ) {
    return { items: await this.documents.adrs(scope, id, version) };
  }
}
