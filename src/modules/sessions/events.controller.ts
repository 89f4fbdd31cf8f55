import { Readable } from 'node:stream';
import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Limit } from '../../http/limit.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import { Produces } from '../../http/negotiation.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import { AppError } from '../../shared/errors/app-error.js';
import { IdentityService } from '../identity/identity.service.js';
import { DocumentStream } from './document-stream.js';
import { sse, SessionStream } from './session-stream.js';
import { SessionQueries } from './sessions.queries.js';
import { SESSION_ID } from './sessions.schemas.js';

const EVENT_STREAM = 'text/event-stream';

@ApiTags('sessions')
@Limit('default')
@Controller('v1/sessions/:id')
export class EventsController {
  constructor(
    private readonly queries: SessionQueries,
    private readonly stream: SessionStream,
    private readonly documents: DocumentStream,
    private readonly identities: IdentityService,
  ) {}

  @Get('events')
  @Requires('viewer')
  @Produces(EVENT_STREAM)
  @ApiOperation({ summary: 'Events as they happen; ends when the session is over' })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Number of the last event that was seen' })
  @ApiProduces(EVENT_STREAM)
  @ApiResponse({
    status: 200,
    description: 'Server-sent events; `id` is gapless per session',
    content: {
      [EVENT_STREAM]: {
        schema: { type: 'string' },
        example: 'id: 1\nevent: session.created\ndata: {"seq":1,"status":"queued"}\n\n',
      },
    },
  })
  async events(
    @Identity() identity: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { scope } = identity;
    const after = numberOf(lastEventId);
    await this.queries.session(scope, id);
    const { stream } = this;
    this.send(identity, reply, async function* (signal) {
      for await (const item of stream.follow(scope, id, after, signal)) yield sse(item);
    });
  }

  @Get('document/stream')
  @Requires('viewer')
  @Produces(EVENT_STREAM)
  @ApiOperation({ summary: 'The document while it is written: progress, then its sections in Markdown' })
  @ApiProduces(EVENT_STREAM)
  @ApiResponse({
    status: 200,
    description: 'Server-sent events progress, section and done (or none)',
    content: {
      [EVENT_STREAM]: {
        schema: { type: 'string' },
        example: 'event: section\ndata: {"index":0,"markdown":"# Technical requirements"}\n\n',
      },
    },
  })
  async document(
    @Identity() identity: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { scope } = identity;
    await this.queries.session(scope, id);
    const { documents } = this;
    this.send(identity, reply, (signal) => documents.lines(scope, id, signal));
  }

  /**
   * A plain stream through the server, so that it carries the headers of every answer and obeys back-pressure. It ends when the
   * client goes, and when its key is revoked.
   */
  private send(
    identity: RequestIdentity,
    reply: FastifyReply,
    lines: (signal: AbortSignal) => AsyncIterable<string>,
  ): void {
    const gone = new AbortController();
    const unwatch = this.identities.watch(identity, () => gone.abort());
    reply.raw.once('close', () => {
      unwatch();
      gone.abort();
    });
    // A body that came along and is read by nobody would hide behind itself that the client has gone.
    reply.request.raw.resume();
    async function* all() {
      // Tells the client at once that it is connected, and after how long to come back (milliseconds).
      yield 'retry: 1000\n\n';
      yield* lines(gone.signal);
    }
    void reply
      .type(`${EVENT_STREAM}; charset=utf-8`)
      .header('cache-control', 'no-cache, no-transform')
      .header('x-accel-buffering', 'no')
      .send(Readable.from(all(), { objectMode: false }));
  }
}

function numberOf(lastEventId: string | undefined): number {
  if (lastEventId === undefined || lastEventId === '') return 0;
  if (/^\d{1,9}$/.test(lastEventId)) return Number(lastEventId);
  throw new AppError('malformed', 'last_event_id_malformed', 'Last-Event-ID must be the number of an event.');
}
