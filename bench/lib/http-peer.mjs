/**
 * The peer of B9: what a Nest application is usually built of. Nest on Express with CacheInterceptor (memory), ThrottlerGuard,
 * nestjs-pino and a histogram, each as its documentation sets it up. The same value is sent, and the limit never reached.
 */
import 'reflect-metadata';
import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { Logger, LoggerModule } from 'nestjs-pino';
import { Histogram } from 'prom-client';
import { tap } from 'rxjs';

const { path, body } = JSON.parse(process.argv[2]);
const value = JSON.parse(body);
const NEVER_REACHED = 1_000_000_000;
/** The storage filters the list of all hits of its window at each hit: of a minute's window that would be all there is to see. */
const WINDOW_MS = 100;

const seconds = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Seconds a request took.',
  labelNames: ['method', 'route', 'status'],
});

class HistogramInterceptor {
  intercept(context, next) {
    const end = seconds.startTimer();
    const http = context.switchToHttp();
    return next.handle().pipe(
      tap(() =>
        end({
          method: http.getRequest().method,
          route: http.getRequest().route.path,
          status: http.getResponse().statusCode,
        }),
      ),
    );
  }
}

class AnswerController {
  answer() {
    return value;
  }
}
const method = Object.getOwnPropertyDescriptor(AnswerController.prototype, 'answer');
Get(path)(AnswerController.prototype, 'answer', method);
Controller()(AnswerController);

class PeerModule {}
Module({
  imports: [
    CacheModule.register({ ttl: 600_000 }),
    ThrottlerModule.forRoot([{ ttl: WINDOW_MS, limit: NEVER_REACHED }]),
    LoggerModule.forRoot(),
  ],
  controllers: [AnswerController],
  providers: [
    { provide: APP_GUARD, useClass: ThrottlerGuard },
    { provide: APP_INTERCEPTOR, useClass: HistogramInterceptor },
    { provide: APP_INTERCEPTOR, useClass: CacheInterceptor },
  ],
})(PeerModule);

const app = await NestFactory.create(PeerModule, { bufferLogs: true });
app.useLogger(app.get(Logger));
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
