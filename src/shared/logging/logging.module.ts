import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { RequestContext } from './request-context.js';

/**
 * nestjs-pino for what the application says, around the one logger. No route gets its middleware (`forRoutes: []`): it
 * halves the throughput, and the access line is written by the server's own hook; the request id comes from the context.
 */
@Module({})
export class LoggingModule {
  static register(logger: Logger): DynamicModule {
    return {
      module: LoggingModule,
      imports: [LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] })],
      providers: [RequestContext],
      exports: [RequestContext, LoggerModule],
    };
  }
}
