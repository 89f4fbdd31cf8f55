import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { StartupError } from '../errors/startup-error.js';
import { CacheService } from './cache.service.js';
import { type CachedMethod, methodsOf } from './cached-method.js';
import { MethodCache } from './method-cache.js';

type AnyMethod = (...args: unknown[]) => unknown;

interface Found {
  readonly name: string | symbol;
  readonly described: CachedMethod;
  readonly method: AnyMethod;
}

/** What was put in a method's place: an instance that a second application takes up is bound anew, not twice. */
const ours = new WeakSet<object>();

/**
 * Puts the cache in front of the methods that `@Cached`, `@CachedWhen` and `@CacheInvalidate` describe, on each instance of
 * its own, so that two providers of one class stay apart. Runs before any route or bootstrap hook. What could not be bound
 * would silently not be cached, or worse not be invalidated, so it stops the start: routes, and providers that are made by
 * request or by injection.
 */
@Injectable()
export class CacheDecorators implements OnModuleInit {
  private readonly log = new Logger('cache');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly cache: CacheService,
  ) {}

  onModuleInit(): void {
    this.refuse(this.discovery.getControllers(), 'is a route: use @ResponseCache, or move it to a service');
    const providers = this.discovery.getProviders();
    this.refuse(
      providers.filter((wrapper) => wrapper.isTransient || !wrapper.isDependencyTreeStatic()),
      'belongs to a provider that is made by request or by injection: make it a singleton, or call CacheService',
    );
    const owners = new Map<string, object>();
    const bound = new Set<unknown>();
    for (const wrapper of providers) {
      const { instance } = wrapper as { readonly instance: unknown };
      // An alias (`useExisting`) shows the same instance again.
      if (typeof instance !== 'object' || instance === null || bound.has(instance)) continue;
      bound.add(instance);
      for (const found of describedMethods(instance)) this.bind(instance, found, labelOf(wrapper, found, owners));
    }
  }

  private refuse(wrappers: readonly InstanceWrapper[], because: string): void {
    for (const { metatype } of wrappers) {
      const prototype = (metatype as { readonly prototype?: unknown } | null)?.prototype;
      if (typeof prototype !== 'object' || prototype === null) continue;
      const [found] = describedMethods(prototype);
      if (found) throw new StartupError(`${metatype?.name}.${String(found.name)} is cached, but ${because}.`);
    }
  }

  private bind(instance: object, { name, described, method }: Found, label: string): void {
    if (described.cached.length > 1) throw new StartupError(`${label} has @Cached twice: keep one.`);
    if (described.when.length > 0 && described.cached.length === 0) {
      throw new StartupError(`${label} has @CachedWhen without @Cached: add one or remove the other.`);
    }
    const calls = new MethodCache(this.cache, described, label, this.log);
    const cached = function (this: unknown, ...args: unknown[]) {
      return calls.call(() => method.apply(this, args), args);
    };
    ours.add(cached);
    dressAs(cached, method);
    if (!Reflect.defineProperty(instance, name, { value: cached, configurable: true, writable: true })) {
      throw new StartupError(`${label} can't be cached: its instance is frozen.`);
    }
  }
}

/** Methods that the class of an instance describes; one that a subclass overrides is the subclass's alone. */
function describedMethods(instance: object): readonly Found[] {
  const found: Found[] = [];
  const seen = new Set<string | symbol>();
  for (
    let at: object | null = instance;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const [name, described] of methodsOf(at)) {
      const method: unknown = Object.getOwnPropertyDescriptor(at, name)?.value;
      if (!seen.has(name) && typeof method === 'function') found.push({ name, described, method: method as AnyMethod });
    }
    for (const name of Reflect.ownKeys(at)) if (!isOurs(at, name)) seen.add(name);
  }
  return found;
}

function isOurs(at: object, name: string | symbol): boolean {
  const value: unknown = Object.getOwnPropertyDescriptor(at, name)?.value;
  return typeof value === 'function' && ours.has(value);
}

/** Name, length and the metadata of other decorators, which frameworks read from the function. */
function dressAs(cached: object, method: AnyMethod): void {
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(cached, property, { value: method[property], configurable: true });
  }
  for (const key of Reflect.getOwnMetadataKeys(method) as readonly unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), cached);
  }
}

/**
 * `CriteriaService.current`: also the beginning of the default key, alike in every process. Two instances would share their
 * values under it, so the second must say how they differ.
 */
function labelOf(wrapper: InstanceWrapper, { name, described }: Found, owners: Map<string, object>): string {
  const { instance, host, token } = wrapper as InstanceWrapper<object>;
  const label = `${instance.constructor.name}.${String(name)}`;
  const first = owners.get(label);
  owners.set(label, instance);
  if (first === undefined || described.cached.every(({ key }) => key)) return label;
  const place = `${host?.name ?? 'a module'} provides ${String(typeof token === 'function' ? token.name : token)}`;
  throw new StartupError(
    `${label} is cached by its arguments, but has two instances (${place}) that may differ: give @Cached a key.`,
  );
}
