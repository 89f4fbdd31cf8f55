import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PUBLIC } from '../../../src/http/public.decorator.js';
import type { KeyRole } from '../../../src/http/request-identity.js';
import { REQUIRES } from '../../../src/http/requires.decorator.js';
import type { TestApp } from '../../support/app.js';

/** A route as its code declares it. */
export interface DeclaredRoute {
  /** `GET /v1/sessions/:id` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly needs: KeyRole | 'public';
}

/** All routes of the program, from the same metadata that the framework serves them by. */
export function routesOf({ app }: TestApp): DeclaredRoute[] {
  const [discovery, scanner, reflector] = [DiscoveryService, MetadataScanner, Reflector].map((type) =>
    app.get<unknown>(type, { strict: false }),
  ) as [DiscoveryService, MetadataScanner, Reflector];
  return discovery.getControllers().flatMap(({ instance, metatype }) => {
    if (!instance || !metatype) return [];
    const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
    const base = Reflect.getMetadata(PATH_METADATA, metatype) as string;
    return scanner.getAllMethodNames(prototype).flatMap((member) => {
      const handler = prototype[member];
      const kind =
        typeof handler === 'function' ? (Reflect.getMetadata(METHOD_METADATA, handler) as number) : undefined;
      if (kind === undefined || typeof handler !== 'function') return [];
      const places = [handler, metatype] as Parameters<Reflector['getAllAndOverride']>[1];
      const isPublic = reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places) === true;
      const needs = isPublic ? 'public' : reflector.getAllAndOverride<KeyRole>(REQUIRES, places);
      const path = `/${[base, Reflect.getMetadata(PATH_METADATA, handler) as string]
        .map((part) => part.replace(/^\/|\/$/g, ''))
        .filter(Boolean)
        .join('/')}`;
      const method = RequestMethod[kind] as string;
      return [{ name: `${method} ${path}`, method, path, needs }];
    });
  });
}
