import { Injectable } from '@nestjs/common';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { DocumentsService } from './documents.service.js';
import { SessionStream } from './session-stream.js';
import type { SessionEvent } from './sessions.types.js';

/**
 * The document while it is written. The rules-only analyst writes it in one go, so a reader sees the nodes on the way and
 * then the sections one after the other; a slower analyst can fill the same stream section by section.
 */
@Injectable()
export class DocumentStream {
  constructor(
    private readonly stream: SessionStream,
    private readonly documents: DocumentsService,
  ) {}

  /** Lines in the format of server-sent events: `progress`, `section` (Markdown, numbered), `done` or `none`. */
  async *lines(scope: WorkspaceScope, sessionId: string, signal: AbortSignal): AsyncGenerator<string> {
    for await (const event of this.stream.follow(scope, sessionId, 0, signal)) {
      if (!event) yield ': still here\n\n';
      else if (isAboutWriting(event)) yield message('progress', { ...event.data });
    }
    if (signal.aborted) return;
    const [newest] = [...(await this.documents.versions(scope, sessionId))].reverse();
    if (!newest) {
      yield message('none', { reason: 'the session ended without a document' });
      return;
    }
    const markdown = await this.documents.markdown(scope, sessionId, newest.version);
    for (const [index, text] of sectionsOf(markdown).entries()) yield message('section', { index, markdown: text });
    yield message('done', { version: newest.version, sha256: newest.sha256 });
  }
}

function isAboutWriting({ kind, data }: SessionEvent): boolean {
  return kind === 'node.finished' && ['score', 'writeDocument', 'validate'].includes(String(data['node']));
}

/** The head, then one part per second-level heading; joined they are the document. */
export function sectionsOf(markdown: string): string[] {
  return markdown.split(/(?=^## )/m);
}

function message(event: string, data: Readonly<Record<string, unknown>>): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
