import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Limit } from './limit.decorator.js';
import { ApiDescription } from './api-description.js';
import { DocsPage } from './docs-page.js';
import { Produces } from './negotiation.js';
import { ResponseCache } from './response-cache.decorator.js';
import { Public } from './public.decorator.js';

/** They change with the release, and clients ask each time. */
const OF_RELEASE = { ttl: 300, scope: 'public' } as const;

/** The contract and a page to try it; both work without a network. Not part of the contract they show. */
@ApiExcludeController()
@Public()
@Limit('default')
@Controller()
export class DocsController {
  constructor(
    private readonly description: ApiDescription,
    private readonly page: DocsPage,
  ) {}

  @Get('openapi.json')
  @ResponseCache(OF_RELEASE)
  @Header('cache-control', 'no-cache')
  openapi(): object {
    return this.description.document();
  }

  @Get('docs')
  @ResponseCache(OF_RELEASE)
  @Produces('text/html')
  docs(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .header('content-security-policy', this.page.policy);
    return this.page.html;
  }
}
