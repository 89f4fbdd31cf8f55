import { Body, Controller, Get, Headers, Ip, Param, Query, Req, Res, type Type } from '@nestjs/common';
import { z } from 'zod';
import { Identity } from './identity.decorator.js';
import { Produces } from './negotiation.js';
import { Public } from './public.decorator.js';
import { planOf } from './response-cache-plan.js';
import { ResponseCache, type ResponseScope } from './response-cache.decorator.js';

const cached = (scope: ResponseScope = 'workspace') => ResponseCache({ ttl: 10, scope });

@Controller()
class Routes {
  @Get() @cached() plain(@Param('id') _id: string, @Query({ schema: z.object({}) }) _q: object, @Res() _r: object) {}
  @Get() @cached() identity(@Identity() _identity: object) {}
  @Get() @Produces('text/plain', 'text/html') @cached() negotiated(@Headers('accept') _accept: string) {}
  @Get() @ResponseCache({ ttl: 1, scope: 'key', vary: ['prefer'], params: ['a'] }) declared(
    @Headers('Prefer') _prefer: string,
    @Query('a') _a: string,
  ) {}
  @Get() other() {}
  @Get() @cached() header(@Headers('accept-language') _language: string) {}
  @Get() @cached() headers(@Headers() _all: object) {}
  @Get() @cached() accept(@Headers('accept') _accept: string) {}
  @Get() @cached() request(@Req() _request: object) {}
  @Get() @cached() address(@Ip() _ip: string) {}
  @Get() @cached() body(@Body() _body: object) {}
  @Get() @cached() query(@Query() _query: object) {}
  @Get() @cached() parameter(@Query('b') _b: string) {}
  @Get() @cached('public') nobody(@Identity() _identity: object) {}
  @Get() @Public() @cached('workspace') open() {}
}

const plan = (name: keyof Routes, controller: Type = Routes) => planOf(controller, Routes.prototype[name]);

describe('the plan of a cached route', () => {
  it.each(['plain', 'identity', 'negotiated', 'declared'] as const)('holds all that the handler takes: %s', (name) => {
    expect(plan(name)).toBeDefined();
  });

  it('is none for a route that is not cached', () => {
    expect(plan('other')).toBeUndefined();
  });

  it('names in Vary what decides about the answer', () => {
    expect(plan('negotiated')?.vary).toEqual(['Accept', 'Accept-Encoding', 'Authorization', 'X-API-Key']);
    expect(plan('declared')?.vary).toEqual(['Accept-Encoding', 'Authorization', 'X-API-Key', 'prefer']);
  });

  it.each([
    'header',
    'headers',
    'accept',
    'request',
    'address',
    'body',
    'query',
    'parameter',
    'nobody',
    'open',
  ] as const)('refuses what would let one request decide about the answers of others: %s', (name) => {
    expect(() => plan(name)).toThrow(`Routes.${name}`);
  });
});
