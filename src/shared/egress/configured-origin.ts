import { setTimeout as sleep } from 'node:timers/promises';
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  CircuitState,
  ConsecutiveBreaker,
  bulkhead,
  circuitBreaker,
  handleWhen,
  type BulkheadPolicy,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { Dispatcher } from 'undici';
import type { Clock } from '../clock/clock.js';
import type { Deadline } from '../deadline/deadline.js';
import { currentDeadline } from '../logging/request-context.js';
import { abortWithin, whenAborted } from './abort-within.js';
import { backoffMs, retryAfterSeconds } from './backoff.js';
import { CappedBody, decoded } from './body.js';
import { dispatcherOf } from './dispatcher.js';
import { EgressError, egressErrorOf } from './egress-error.js';
import type {
  BodyReader,
  BreakerState,
  EgressAnswer,
  EgressRecorder,
  EgressRequest,
  EgressResult,
  OriginOptions,
} from './egress.types.js';
import { RetryBudget } from './retry-budget.js';
import { Stopwatch } from './stopwatch.js';

const MAX_REDIRECTS = 3;
const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};

/** The parts that a test holds still. */
export interface EgressSurroundings {
  readonly clock: Clock;
  readonly recorder: EgressRecorder;
  /** 0 ≤ x < 1; Math.random when absent. */
  readonly random?: () => number;
}

/** One call with all its attempts. */
interface Call<T> {
  readonly request: EgressRequest;
  readonly read: BodyReader<T>;
  /** Fires at the deadline. */
  readonly signal: AbortSignal;
  /** Of the request that waits for the call, if one does; over sooner, it says nothing about the upstream. */
  readonly outer?: Deadline;
  readonly watch: Stopwatch;
}

/** One attempt's answer before it is told to the caller. */
interface Attempt<T> {
  readonly status: number;
  readonly value?: T;
  readonly etag?: string;
  readonly bytes: number;
}

/**
 * GET calls to one origin that the operator configured. From the outside in: deadline of the whole call → retries with
 * full jitter, paid from a budget → bulkhead → breaker → one attempt. This is the only retry layer: clients above never
 * repeat a call. A redirect is followed inside the origin alone, so the credentials cannot leave it.
 */
export class ConfiguredOrigin {
  private readonly dispatcher: Dispatcher;
  private readonly budget: RetryBudget;
  private readonly gate: BulkheadPolicy;
  private readonly circuit: CircuitBreakerPolicy;

  constructor(
    private readonly options: OriginOptions,
    private readonly around: EgressSurroundings,
  ) {
    this.dispatcher = dispatcherOf(options);
    this.budget = new RetryBudget(around.clock);
    this.gate = bulkhead(options.concurrency ?? 16, options.queue ?? 1024);
    const { failures, halfOpenAfterMs } = options.breaker ?? { failures: 5, halfOpenAfterMs: 10_000 };
    this.circuit = circuitBreaker(
      handleWhen((error) => error instanceof EgressError && error.fault),
      { breaker: new ConsecutiveBreaker(failures), halfOpenAfter: halfOpenAfterMs },
    );
    let cause: string | undefined;
    this.circuit.onBreak((reason) => (cause = 'error' in reason ? reason.error.message : undefined));
    this.circuit.onStateChange((state) => around.recorder.breaker(options.upstream, STATES[state], cause));
    around.recorder.breaker(options.upstream, 'closed');
  }

  get breakerState(): BreakerState {
    return STATES[this.circuit.state];
  }

  /**
   * Calls and reads. Statuses below 500 other than 408 and 429 are answers, not errors; `value` exists for 2xx alone.
   * A call that this process slept through is made once more, with a deadline of its own.
   * @throws EgressError for everything else, at the latest when the deadline is over; AppError `deadline_exceeded` when that of the
   *   request which waits for it is, which ends the call and blames nobody
   */
  async get<T>(request: EgressRequest, read: BodyReader<T>): Promise<EgressAnswer<T>> {
    try {
      return await this.call(request, read);
    } catch (error) {
      if (error instanceof EgressError && error.slept) return this.call(request, read);
      throw error;
    }
  }

  private async call<T>(request: EgressRequest, read: BodyReader<T>): Promise<EgressAnswer<T>> {
    const deadlineMs = request.deadlineMs ?? this.options.deadlineMs;
    const ended = new AbortController();
    const outer = currentDeadline();
    const call = { request, read, signal: ended.signal, outer, watch: new Stopwatch(this.around.clock, deadlineMs) };
    const timer = setTimeout(() => ended.abort(), deadlineMs);
    const takeBack = outer?.onOver(() => ended.abort());
    this.budget.deposit();
    try {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await this.guarded(call);
        if (!(outcome instanceof EgressError)) return this.answer(call, outcome, attempt);
        await this.pauseBeforeRetry(outcome, attempt, call);
      }
    } finally {
      clearTimeout(timer);
      takeBack?.();
    }
  }

  /** Ends idle and running connections. */
  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  /** Waits for the next attempt, or throws the failure when there is to be none. */
  private async pauseBeforeRetry(
    failure: EgressError,
    attempt: number,
    { signal, watch }: Call<unknown>,
  ): Promise<void> {
    if (!failure.transient || attempt > (this.options.retries ?? 2) || signal.aborted) throw failure;
    const pause = backoffMs(attempt - 1, (this.around.random ?? Math.random)(), failure.retryAfter);
    if (pause >= watch.leftMs || !this.budget.withdraw()) throw failure;
    await sleep(pause, undefined, { signal }).catch(() => {
      throw failure;
    });
  }

  /** One attempt behind bulkhead and breaker; a failure is a value, so that the loop above reads as one. */
  private async guarded<T>(call: Call<T>): Promise<Attempt<T> | EgressError> {
    const { signal } = call;
    const attempt = this.gate.execute(() => this.circuit.execute(() => this.timed(call)), signal);
    try {
      // A call that still queues knows nothing of its deadline, hence the race.
      const outcome = await Promise.race([attempt, whenAborted(signal)]);
      this.record(resultOfStatus(outcome.status));
      return outcome;
    } catch (error) {
      attempt.catch(() => undefined);
      if (call.outer?.reason !== undefined) throw call.outer.reason;
      const failure = this.failureOf(error, call);
      this.record(failure.result);
      return failure;
    }
  }

  private failureOf(error: unknown, { signal, watch }: Call<unknown>): EgressError {
    const { upstream } = this.options;
    if (error instanceof BrokenCircuitError) return new EgressError(upstream, 'breaker_open', { cause: error });
    if (error instanceof BulkheadRejectedError) return new EgressError(upstream, 'queue_full', { cause: error });
    return egressErrorOf(upstream, error, { aborted: signal.aborted, slept: watch.overslept });
  }

  private async timed<T>({ request, read, signal, outer, watch }: Call<T>): Promise<Attempt<T>> {
    const limitMs = request.attemptMs ?? this.options.attemptMs ?? Math.max(0, watch.leftMs);
    const ownWatch = new Stopwatch(this.around.clock, limitMs);
    const own = abortWithin(signal, limitMs);
    const attempt = this.follow(request, read, own.signal);
    try {
      // A request that still waits for its connection does not hear the signal, and would hold its place for minutes.
      return await Promise.race([attempt, whenAborted(own.signal)]);
    } catch (error) {
      attempt.catch(() => undefined);
      if (outer?.reason !== undefined) throw outer.reason;
      const slept = ownWatch.overslept || watch.overslept;
      throw egressErrorOf(this.options.upstream, error, { aborted: own.signal.aborted, slept });
    } finally {
      own.release();
    }
  }

  private async follow<T>(request: EgressRequest, read: BodyReader<T>, signal: AbortSignal): Promise<Attempt<T>> {
    let path = request.path;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const response = await this.dispatcher.request({
        origin: this.options.origin.origin,
        path,
        method: 'GET',
        headers: this.headersOf(request),
        signal,
      });
      const location = header(response, 'location');
      if (response.statusCode < 300 || response.statusCode >= 400 || location === undefined) {
        return await this.readResponse(response, read);
      }
      await response.body.dump();
      path = this.insideOrigin(location, path);
    }
    throw new EgressError(this.options.upstream, 'redirect');
  }

  private insideOrigin(location: string, from: string): string {
    const base = new URL(from, this.options.origin).href;
    const target = URL.canParse(location, base) ? new URL(location, base) : undefined;
    if (target?.origin !== this.options.origin.origin) throw new EgressError(this.options.upstream, 'redirect');
    return target.pathname + target.search;
  }

  private async readResponse<T>(response: Dispatcher.ResponseData, read: BodyReader<T>): Promise<Attempt<T>> {
    const { upstream, maxBytes } = this.options;
    const status = response.statusCode;
    const etag = header(response, 'etag');
    if (status >= 200 && status < 300) {
      const capped = new CappedBody(
        upstream,
        decoded(upstream, response.body, header(response, 'content-encoding')),
        maxBytes,
      );
      try {
        const value = await read(capped.chunks());
        return { status, value, etag, bytes: capped.bytes };
      } finally {
        // A reader may stop early or fail: the rest must not keep the socket busy.
        response.body.on('error', () => undefined).destroy();
      }
    }
    await response.body.dump();
    if (status === 407) throw new EgressError(upstream, 'proxy');
    if (status >= 500 || status === 408 || status === 429) {
      const retryAfter = retryAfterSeconds(header(response, 'retry-after'), this.around.clock.now());
      throw new EgressError(upstream, resultOfStatus(status), { retryAfter });
    }
    return { status, etag, bytes: 0 };
  }

  private headersOf(request: EgressRequest): Record<string, string> {
    return {
      accept: request.accept ?? 'application/json',
      'accept-encoding': 'gzip, br',
      'user-agent': 'techspec',
      ...(request.etag === undefined ? {} : { 'if-none-match': request.etag }),
      ...(this.options.authorization === undefined ? {} : { authorization: this.options.authorization }),
    };
  }

  private answer<T>({ request, watch }: Call<T>, outcome: Attempt<T>, attempts: number): EgressAnswer<T> {
    const { upstream, origin } = this.options;
    return {
      status: outcome.status,
      value: outcome.value,
      notModified: outcome.status === 304,
      etag: outcome.etag,
      provenance: {
        upstream,
        url: origin.origin + request.path,
        status: outcome.status,
        attempts,
        bytes: outcome.bytes,
        durationMs: Math.round(watch.elapsedMs),
        fetchedAt: this.around.clock.now().toISOString(),
        etag: outcome.etag,
      },
    };
  }

  private record(result: EgressResult): void {
    this.around.recorder.request(this.options.upstream, result);
  }
}

function header(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function resultOfStatus(status: number): EgressResult {
  if (status === 304) return 'not_modified';
  if (status === 404) return 'not_found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'limited';
  if (status >= 500) return 'server_error';
  return status >= 400 ? 'client_error' : 'ok';
}
