import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { Deadline } from '../deadline/deadline.js';

/** What every line written while a request is served may name. */
export interface RequestFacts {
  readonly requestId: string;
  /** Route template, e.g. `/v1/sessions/:id`; undefined for an unknown route. */
  route?: string;
  keyId?: string;
  /** Takes a finished span of this request (Server-Timing). */
  readonly span?: (name: string, durationMs: number) => void;
}

/** What an asynchronous path knows. */
interface Carried {
  readonly facts?: RequestFacts;
  readonly deadline?: Deadline;
  /** What `runNoting` noted, by name. */
  readonly notes?: Readonly<Record<symbol, unknown>>;
}

/** The only one of the product: before Node 24 each further one costs something at every promise of the process. */
const storage = new AsyncLocalStorage<Carried>();

/** The facts of the request served on this asynchronous path; undefined outside of one (workers, start). */
export function currentRequest(): RequestFacts | undefined {
  return storage.getStore()?.facts;
}

/**
 * Begins a span of the current request. @returns ends it; once, and wherever it is called: a deadline calls from outside of
 * the request, whose line is written right after
 */
export function beginSpan(name: string): () => void {
  const tell = currentRequest()?.span;
  if (tell === undefined) return () => undefined;
  const began = performance.now();
  let isTold = false;
  return () => {
    if (!isTold) tell(name, performance.now() - began);
    isTold = true;
  };
}

/** What ends the work of this asynchronous path; undefined where nothing does (workers, start). */
export function currentDeadline(): Deadline | undefined {
  return storage.getStore()?.deadline;
}

/** Runs `work` so that everything it awaits sees `facts` and is bound by `deadline`. */
export function runInRequest<T>(facts: RequestFacts, work: () => T, deadline?: Deadline): T {
  return storage.run({ facts, deadline }, work);
}

/** Runs `work` so that everything it awaits is bound by `deadline`, or by none, and sees the rest as before. */
export function runBound<T>(deadline: Deadline | undefined, work: () => T): T {
  return storage.run({ ...storage.getStore(), deadline }, work);
}

/** Runs `work` so that what it starts belongs to no request: timers keep the path that they were started on. */
export function outsideOfRequests<T>(work: () => T): T {
  return storage.run({}, work);
}

/** What `runNoting` noted on this asynchronous path. */
export function noted(name: symbol): unknown {
  return storage.getStore()?.notes?.[name];
}

/** Runs `work` so that everything it awaits sees `value` under `name`, and the rest as before. */
export function runNoting<T>(name: symbol, value: unknown, work: () => T): T {
  const carried = storage.getStore();
  return storage.run({ ...carried, notes: { ...carried?.notes, [name]: value } }, work);
}

/** The same for providers that want it injected. */
@Injectable()
export class RequestContext {
  get facts(): RequestFacts | undefined {
    return currentRequest();
  }
}
