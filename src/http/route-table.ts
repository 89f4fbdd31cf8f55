import { Injectable } from '@nestjs/common';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { LONGEST_PARAMETER } from './framing.js';

/**
 * Every route of the server with its methods: for OPTIONS, and for 405 where only the method is wrong. A second router of
 * the server's own kind: what it finds is what the server would serve, however the address is written.
 */
@Injectable()
export class RouteTable {
  private readonly router = findMyWay({ maxParamLength: LONGEST_PARAMETER });
  private readonly methods = new Set<HTTPMethod>();

  /** @param url route template as the server knows it: `/v1/sessions/:id`, `*` for the rest of a path */
  add(methods: string | readonly string[], url: string): void {
    for (const method of [methods].flat() as HTTPMethod[]) {
      // The server announces the HEAD of a GET once with it and once by itself.
      if (this.router.hasRoute(method, url)) continue;
      this.methods.add(method);
      this.router.on(method, url, () => undefined);
    }
  }

  /** Methods served at this address (`*`: anywhere), sorted, OPTIONS among them; empty when there is no such address. */
  methodsOf(url: string): readonly string[] {
    const served = [...this.methods].filter((method) => url === '*' || this.router.find(method, url) !== null);
    return served.length === 0 ? [] : [...new Set<string>([...served, 'OPTIONS'])].sort();
  }
}
