import 'reflect-metadata';
import type { CacheRegionName } from './cache.types.js';

/** A function of a method's arguments; stored without their types, which the decorators have checked. */
export type OfArguments<T> = (...args: readonly unknown[]) => T;

/** What `@Cached` declares. */
export interface CachedRule {
  readonly region: CacheRegionName;
  readonly key?: OfArguments<string>;
  readonly ttl?: number | ((value: unknown) => number);
  readonly tags?: readonly string[] | OfArguments<readonly string[]>;
  readonly owner?: OfArguments<string>;
}

/** What `@CacheInvalidate` declares. */
export type InvalidationRule =
  | { readonly tags: readonly string[] | OfArguments<readonly string[]>; readonly owner?: OfArguments<string> }
  | {
      readonly region: CacheRegionName;
      readonly keys: readonly string[] | OfArguments<readonly string[]>;
      readonly owner?: OfArguments<string>;
    }
  | {
      readonly region: CacheRegionName;
      readonly pattern: string | OfArguments<string>;
      readonly owner?: OfArguments<string>;
    };

/** All that the decorators of one method say. */
export interface CachedMethod {
  readonly cached: readonly CachedRule[];
  readonly when: readonly OfArguments<boolean>[];
  readonly invalidations: readonly InvalidationRule[];
}

export type AsyncMethod = (...args: never[]) => Promise<unknown>;

type Arguments = readonly unknown[];

/** A function of `Given` can be called with `Actual`: it may take fewer and wider arguments. */
type Takes<Given extends Arguments, Actual extends Arguments> = ((...args: Given) => void) extends (
  ...args: Actual
) => void
  ? unknown
  : never;

/**
 * Fits asynchronous methods alone, and those whose arguments (and value) all functions in the options can take; a misfit is
 * a compile error at the decorator.
 */
export type CacheDecorator<
  A extends Arguments,
  B extends Arguments = Arguments,
  C extends Arguments = Arguments,
  Value = unknown,
> = <Method extends AsyncMethod>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method> &
    Takes<A, Parameters<Method>> &
    Takes<B, Parameters<Method>> &
    Takes<C, Parameters<Method>> &
    Takes<[Value], [Awaited<ReturnType<Method>>]>,
) => void;

const METHODS = 'techspec:cached-methods';
const NOTHING: CachedMethod = { cached: [], when: [], invalidations: [] };

/**
 * Adds to what is said of a method. Kept by class and name, not by function: a decorator that puts another function in the
 * method's place loses nothing.
 * @throws TypeError for a static method or an accessor
 */
export function describeMethod(
  target: object,
  name: string | symbol,
  descriptor: PropertyDescriptor,
  add: Partial<CachedMethod>,
): void {
  if (typeof target === 'function' || typeof descriptor.value !== 'function') {
    throw new TypeError(`${String(name)}: cache decorators go on methods of an instance, neither static nor accessors`);
  }
  const methods = methodsOf(target);
  const before = methods.get(name) ?? NOTHING;
  const after = {
    cached: [...before.cached, ...(add.cached ?? [])],
    when: [...before.when, ...(add.when ?? [])],
    invalidations: [...before.invalidations, ...(add.invalidations ?? [])],
  };
  Reflect.defineMetadata(METHODS, new Map([...methods, [name, after]]), target);
}

/** The described methods of one prototype, without those it inherits. */
export function methodsOf(prototype: object): ReadonlyMap<string | symbol, CachedMethod> {
  return (Reflect.getOwnMetadata(METHODS, prototype) as ReadonlyMap<string | symbol, CachedMethod>) ?? new Map();
}
