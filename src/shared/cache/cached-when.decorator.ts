import { type CacheDecorator, describeMethod, type OfArguments } from './cached-method.js';

/**
 * Lets `@Cached` take part only in calls whose arguments fulfil the predicate; all others run the method and store nothing.
 * Of several, all must hold.
 */
export function CachedWhen<A extends readonly unknown[]>(predicate: (...args: A) => boolean): CacheDecorator<A> {
  return (target, name, descriptor) => {
    describeMethod(target, name, descriptor, { when: [predicate as unknown as OfArguments<boolean>] });
  };
}
