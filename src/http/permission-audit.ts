import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { StartupError } from '../shared/errors/startup-error.js';
import { LIMIT } from './limit.decorator.js';
import { PUBLIC } from './public.decorator.js';
import { REQUIRES } from './requires.decorator.js';

/** Reads all routes at the start: one that declares no permission or no limit would be a hole, so the program does not start. */
@Injectable()
export class PermissionAudit implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const routes = this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      const prototype = instance ? (Object.getPrototypeOf(instance) as Record<string, unknown>) : undefined;
      if (!prototype || !metatype) return [];
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => isRoute(prototype[name]))
        .map((name) => ({ name: `${metatype.name}.${name}`, places: [prototype[name], metatype] }));
    });
    const lacking = (...keys: string[]) =>
      routes.filter(({ places }) => keys.every((key) => !this.declares(key, places))).map(({ name }) => name);
    const open = lacking(PUBLIC, REQUIRES);
    if (open.length) throw new StartupError(`Routes without @Requires(role) or @Public(): ${open.join(', ')}`);
    const unlimited = lacking(LIMIT);
    if (unlimited.length) throw new StartupError(`Routes without @Limit(class): ${unlimited.join(', ')}`);
  }

  private declares(key: string, places: readonly unknown[]): boolean {
    const targets = places as Parameters<Reflector['getAllAndOverride']>[1];
    return this.reflector.getAllAndOverride<unknown>(key, targets) !== undefined;
  }
}

const isRoute = (handler: unknown): boolean =>
  typeof handler === 'function' &&
  (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined) !== undefined;
