import helmet from '@fastify/helmet';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { fastify, type FastifyReply } from 'fastify';
import './fastify-request.js';
import { Config } from '../config/config.js';

/**
 * Headers against what a browser might do with an answer. The policy forbids everything: our pages set their own with
 * the hashes of what they hold. HSTS only where the public address says that TLS ends in front of us. They are the same for
 * every answer, so helmet is asked once; it would build and check each header anew for each request.
 */
@Injectable()
export class SecurityHeaders implements OnModuleInit {
  private made: Readonly<Record<string, string>> = {};

  constructor(private readonly config: Config) {}

  async onModuleInit(): Promise<void> {
    this.made = await headersOfHelmet(this.config);
  }

  /** By name in lower case. */
  get all(): Readonly<Record<string, string>> {
    return this.made;
  }

  /** What an answer says of its own stays. */
  putOn(reply: FastifyReply): void {
    for (const name in this.made) if (!reply.hasHeader(name)) void reply.header(name, this.made[name]);
    // Over plain http it means nothing and must not be sent (RFC 6797, 7.2).
    if (reply.isInClear) void reply.removeHeader('strict-transport-security');
  }
}

async function headersOfHelmet(config: Config): Promise<Record<string, string>> {
  const server = fastify();
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: config.http.publicUrl?.startsWith('https:') ? { maxAge: 31_536_000 } : false,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xXssProtection: false,
  });
  // Helmet sets them on Node's response; at this moment nothing else did.
  server.get('/', (_request, reply) => reply.send(reply.raw.getHeaders()));
  const answer = await server.inject('/');
  await server.close();
  return answer.json<Record<string, string>>();
}
