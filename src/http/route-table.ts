import { Injectable } from '@nestjs/common';

interface Route {
  readonly methods: readonly string[];
  readonly pattern: RegExp;
}

/** Every route of the server with its methods, to answer 405 + Allow where only the method is wrong. */
@Injectable()
export class RouteTable {
  private readonly routes: Route[] = [];

  /** @param url route template as the server knows it: `/v1/sessions/:id`, `*` for the rest of a path */
  add(methods: string | readonly string[], url: string): void {
    const pattern = url
      .split('/')
      .map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : escape(part)))
      .join('/');
    this.routes.push({ methods: [methods].flat(), pattern: new RegExp(`^${pattern}$`) });
  }

  /** Methods served at this address, sorted; empty when there is no such address. */
  methodsOf(url: string): readonly string[] {
    const path = url.split('?', 1)[0] ?? url;
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
