import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../shared/errors/app-error.js';

export const PRODUCES = 'techspec:produces';

/** Media types a route can answer with, the preferred first; JSON alone when a route says nothing. */
export const Produces = (...types: readonly string[]): MethodDecorator & ClassDecorator => SetMetadata(PRODUCES, types);

interface Range {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
  readonly order: number;
}

/**
 * The offered media type the caller likes best (RFC 9110, 12.5.1): by quality of the most specific matching range, then
 * by the caller's order, then by ours. Undefined when none is acceptable; no Accept accepts all.
 */
export function negotiate(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (!accept?.trim()) return offered[0];
  const ranges = accept.split(',').flatMap(parseRange);
  const liked = offered
    .map((type, index) => ({ type, index, range: bestRange(ranges, type) }))
    .filter(({ range }) => range !== undefined && range.quality > 0)
    .sort((a, b) => quality(b.range) - quality(a.range) || order(a.range) - order(b.range) || a.index - b.index);
  return liked[0]?.type;
}

const quality = (range: Range | undefined) => range?.quality ?? 0;
/** Wildcards express no order of their own among what we offer. */
const order = (range: Range | undefined) => (range && range.subtype !== '*' ? range.order : Number.MAX_SAFE_INTEGER);

function parseRange(text: string, position: number): Range[] {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [type, subtype] = range.split('/');
  if (!type || !subtype) return [];
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const value = q === undefined ? 1 : Number(q);
  return [{ type, subtype, quality: Number.isFinite(value) ? value : 0, order: position }];
}

function bestRange(ranges: readonly Range[], offered: string): Range | undefined {
  const [type, subtype] = offered.split('/');
  const exactness = (range: Range) => (range.type === '*' ? 0 : range.subtype === '*' ? 1 : 2);
  return ranges
    .filter(
      (range) => range.type === '*' || (range.type === type && (range.subtype === '*' || range.subtype === subtype)),
    )
    .sort((a, b) => exactness(b) - exactness(a))[0];
}

/** 406 before any work when nothing the route can make is accepted. */
@Injectable()
export class AcceptGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { accept } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (accept === undefined || accept === '*/*') return true;
    const offered = this.reflector.getAllAndOverride<readonly string[] | undefined>(PRODUCES, [
      context.getHandler(),
      context.getClass(),
    ]) ?? ['application/json'];
    // A caller that takes problems only still gets them: errors are always problem+json.
    if (negotiate(accept, [...offered, 'application/problem+json']) !== undefined) return true;
    throw new AppError(
      'not-acceptable',
      'not_acceptable',
      `This address answers with ${offered.join(', ')}; leave Accept out for the first of them.`,
    );
  }
}
