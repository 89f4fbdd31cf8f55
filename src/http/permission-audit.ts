import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { StartupError } from '../shared/errors/startup-error.js';
import { PUBLIC } from './public.decorator.js';
import { REQUIRES } from './requires.decorator.js';

/** Reads all routes at the start: one that declares no permission would be a hole, so the program does not start. */
@Injectable()
export class PermissionAudit implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const open = this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      const prototype = instance ? (Object.getPrototypeOf(instance) as Record<string, unknown>) : undefined;
      if (!prototype || !metatype) return [];
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => this.isOpenRoute(prototype[name], metatype))
        .map((name) => `${metatype.name}.${name}`);
    });
    if (open.length) throw new StartupError(`Routes without @Requires(role) or @Public(): ${open.join(', ')}`);
  }

  private isOpenRoute(handler: unknown, controller: object): boolean {
    if (typeof handler !== 'function') return false;
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return false;
    const places = [handler, controller] as Parameters<Reflector['getAllAndOverride']>[1];
    return [PUBLIC, REQUIRES].every((key) => this.reflector.getAllAndOverride<unknown>(key, places) === undefined);
  }
}
