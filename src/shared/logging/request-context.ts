import { Injectable } from '@nestjs/common';
import { ClsServiceManager } from 'nestjs-cls';

/** What every line written while a request is served may name. */
export interface RequestFacts {
  readonly requestId: string;
  /** Route template, e.g. `/v1/sessions/:id`; undefined for an unknown route. */
  route?: string;
  keyId?: string;
  /** Takes a finished span of this request (Server-Timing). */
  readonly span?: (name: string, durationMs: number) => void;
}

/** A symbol is looked up as it is, while a name is taken for a path and parsed each time. */
const FACTS = Symbol('techspec:request');

/** The facts of the request served on this asynchronous path; undefined outside of one (workers, start). */
export function currentRequest(): RequestFacts | undefined {
  return ClsServiceManager.getClsService().get<RequestFacts | undefined>(FACTS);
}

/** Runs `work` so that everything it awaits sees `facts`. */
export function runInRequest<T>(facts: RequestFacts, work: () => T): T {
  return ClsServiceManager.getClsService().runWith({ [FACTS]: facts }, work);
}

/** What `runNoting` noted on this asynchronous path. */
export function noted(name: symbol): unknown {
  return ClsServiceManager.getClsService().get<unknown>(name);
}

/**
 * Runs `work` so that everything it awaits sees `value` under `name`, and the request's facts as before. It shares their
 * storage: before Node 24 each further one costs something at every promise of the process.
 */
export function runNoting<T>(name: symbol, value: unknown, work: () => T): T {
  const service = ClsServiceManager.getClsService();
  return service.runWith({ ...service.get(), [name]: value }, work);
}

/** The same for providers that want it injected. */
@Injectable()
export class RequestContext {
  get facts(): RequestFacts | undefined {
    return currentRequest();
  }
}
