import { Injectable } from '@nestjs/common';
import type { Citation, EvidencePiece, ResearchedOption, ResearchRequest } from './research.types.js';

/** Why a port has no answer; said in the document instead of being left out. */
export interface NotConfigured {
  readonly kind: 'not-configured';
  /** The setting that would change it. */
  readonly setting: string;
}

export interface SearchHit {
  readonly url: string;
  readonly title: string;
  /** What the provider returned, as a piece to be stored before anything cites it. */
  readonly piece: EvidencePiece;
}

/** Web search. An implementation is a client on a configured origin and pays through the ledger. */
export abstract class WebSearch {
  abstract search(
    query: string,
    limit: number,
  ): Promise<{ readonly kind: 'found'; readonly hits: readonly SearchHit[] } | NotConfigured>;
}

/** Fetching pages that others named: the guarded class of egress, never a configured origin. */
export abstract class PageFetcher {
  abstract fetch(url: string): Promise<{ readonly kind: 'found'; readonly piece: EvidencePiece } | NotConfigured>;
}

/** A statement about an option that passed no gate yet; the citation gate decides whether it may enter a document. */
export interface AnalystClaim {
  readonly optionId: string;
  readonly statement: string;
  readonly citations: readonly Citation[];
}

/** Pros and cons of options as claims bound to evidence; never fills an unknown value. */
export abstract class Analyst {
  abstract analyse(
    request: ResearchRequest,
    options: readonly ResearchedOption[],
    evidence: readonly EvidencePiece[],
  ): Promise<{ readonly kind: 'found'; readonly claims: readonly AnalystClaim[] } | NotConfigured>;
}

/** In place until a search provider is configured. */
@Injectable()
export class NoWebSearch extends WebSearch {
  async search(): Promise<NotConfigured> {
    return { kind: 'not-configured', setting: 'TAVILY_API_KEY' };
  }
}

/** In place until pages can be fetched. */
@Injectable()
export class NoPageFetcher extends PageFetcher {
  async fetch(): Promise<NotConfigured> {
    return { kind: 'not-configured', setting: 'none: pages are not fetched by this version' };
  }
}

/** In place until a language model is configured: rules alone make the document. */
@Injectable()
export class NoAnalyst extends Analyst {
  async analyse(): Promise<NotConfigured> {
    return { kind: 'not-configured', setting: 'ANTHROPIC_API_KEY' };
  }
}
