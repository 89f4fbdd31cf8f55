import { channel } from 'node:diagnostics_channel';
import { currentRequest } from '../logging/request-context.js';

/** Small facts about a piece of work: enums, counts and ids of nodes; for logs and traces, never metric labels. */
export type TimingAttributes = Readonly<Record<string, string | number | boolean>>;

/** A finished piece of work. */
export interface Timing {
  readonly name: string;
  readonly attributes: TimingAttributes;
  readonly durationMs: number;
  readonly outcome: 'ok' | 'error';
}

/**
 * Every timing is published here; who wants them subscribes (`diagnostics_channel` of Node, synchronous and free when
 * nobody listens). Inside a request they also become spans of its Server-Timing.
 */
export const timings = channel('techspec:timing');

/** A running clock: `const timer = startTimer('score'); …; timer.stop()`. */
export interface Timer {
  /** Adds to what was given at the start. */
  attribute(name: string, value: string | number | boolean): void;
  /** Publishes the timing; a second call returns the first result. */
  stop(outcome?: Timing['outcome']): Timing;
}

export function startTimer(name: string, attributes: TimingAttributes = {}): Timer {
  const from = performance.now();
  const all: Record<string, string | number | boolean> = { ...attributes };
  let finished: Timing | undefined;
  return {
    attribute: (key, value) => {
      all[key] = value;
    },
    stop: (outcome = 'ok') => {
      finished ??= publish({ name, attributes: all, durationMs: performance.now() - from, outcome });
      return finished;
    },
  };
}

/** Times `work`, an error included; gives what it gives. */
export async function timed<T>(
  name: string,
  work: (timer: Timer) => Promise<T> | T,
  attributes: TimingAttributes = {},
): Promise<T> {
  const timer = startTimer(name, attributes);
  try {
    const result = await work(timer);
    timer.stop();
    return result;
  } catch (error) {
    timer.stop('error');
    throw error;
  }
}

type AsyncMethod<A extends unknown[], R> = (...args: A) => Promise<R>;

/**
 * Times every call of an async method: `@Timed('research', (request: ResearchRequest) => ({ category: request.category }))`.
 * @param attributes of one call, from its arguments; must not throw
 */
export function Timed<A extends unknown[]>(name: string, attributes?: (...args: A) => TimingAttributes) {
  return <R>(
    _target: object,
    _method: string | symbol,
    descriptor: TypedPropertyDescriptor<AsyncMethod<A, R>>,
  ): void => {
    const original = descriptor.value;
    if (!original) throw new Error('@Timed() belongs on an async method');
    descriptor.value = function timedMethod(this: unknown, ...args: A): Promise<R> {
      return timed(name, () => original.apply(this, args), attributes?.(...args) ?? {});
    };
  };
}

function publish(timing: Timing): Timing {
  currentRequest()?.span?.(timing.name, timing.durationMs);
  if (timings.hasSubscribers) timings.publish(timing);
  return timing;
}
