import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock/clock.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { DocumentMetrics } from '../../shared/metrics/document.metrics.js';
import { EvidenceService } from '../research/evidence.service.js';
import { diffDocuments, type DocumentDiff } from './document/diff-documents.js';
import type { DocumentEnvelope } from './document/document.types.js';
import { renderAdrs, type Adr } from './document/render/adrs.js';
import { renderHtml, renderMarkdown } from './document/render/render.js';
import { DocumentsRepository, type DocumentVersion } from './documents.repository.js';
import { documentUnknown, sessionUnknown } from './sessions.errors.js';
import { isSessionId, SessionQueries } from './sessions.queries.js';

/** Document versions of a session. JSON is the stored truth; everything else is rendered from it. */
@Injectable()
export class DocumentsService {
  constructor(
    private readonly queries: SessionQueries,
    private readonly documents: DocumentsRepository,
    private readonly evidence: EvidenceService,
    private readonly metrics: DocumentMetrics,
    private readonly clock: Clock,
  ) {}

  /**
   * One version, the newest unless asked otherwise. Evidence that was removed since is marked in the list; the hash stays
   * that of the body as it was written.
   * @throws AppError 404 `session_unknown` or `document_unknown`
   */
  async find(scope: WorkspaceScope, sessionId: string, version?: number): Promise<DocumentEnvelope> {
    const found = isSessionId(sessionId) ? await this.documents.find(scope, sessionId, version) : undefined;
    if (!found) throw sessionUnknown();
    if (!found.document) throw documentUnknown(version);
    return this.withTombstones(scope, found.document);
  }

  async markdown(scope: WorkspaceScope, sessionId: string, version?: number): Promise<string> {
    return renderMarkdown(await this.find(scope, sessionId, version));
  }

  async html(scope: WorkspaceScope, sessionId: string, version?: number): Promise<string> {
    return renderHtml(await this.find(scope, sessionId, version));
  }

  /** Oldest first. */
  async versions(scope: WorkspaceScope, sessionId: string): Promise<readonly DocumentVersion[]> {
    await this.queries.session(scope, sessionId);
    return this.documents.versions(scope, sessionId);
  }

  async diff(scope: WorkspaceScope, sessionId: string, from: number, to: number): Promise<DocumentDiff> {
    const [before, after] = await Promise.all([this.find(scope, sessionId, from), this.find(scope, sessionId, to)]);
    return diffDocuments(before.body, after.body);
  }

  async adrs(scope: WorkspaceScope, sessionId: string, version?: number): Promise<readonly Adr[]> {
    const startedMs = this.clock.monotonicMs();
    const adrs = renderAdrs(await this.find(scope, sessionId, version));
    this.metrics.produced('adrs', (this.clock.monotonicMs() - startedMs) / 1000);
    return adrs;
  }

  private async withTombstones(scope: WorkspaceScope, envelope: DocumentEnvelope): Promise<DocumentEnvelope> {
    const { body } = envelope;
    const gone = await this.evidence.tombstones(
      scope,
      body.evidence.map((row) => row.sha256),
    );
    if (gone.length === 0) return envelope;
    const removed = new Set(gone.map((one) => one.sha256));
    const evidence = body.evidence.map((row) => (removed.has(row.sha256) ? { ...row, removed: true } : row));
    return { ...envelope, body: { ...body, evidence } };
  }
}
