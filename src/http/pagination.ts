import { z } from 'zod';
import { AppError } from '../shared/errors/app-error.js';
import type { CursorSigner } from './cursor-signer.js';

/** Counting stops here: an exact number of more rows costs a scan and tells nobody anything. */
export const COUNT_CAP = 10_000;

export interface PageLimits {
  /** Items of a page when the caller says nothing. */
  readonly pageSize: number;
  readonly maxPageSize: number;
}

/** Where a cursor page begins: after (`next`) or before (`prev`) the row with these values of the sort columns. */
export interface CursorPosition {
  readonly direction: 'next' | 'prev';
  readonly values: readonly string[];
}

/** What a repository needs for a page by number. */
export interface OffsetRequest {
  readonly kind: 'offset';
  readonly page: number;
  readonly perPage: number;
  readonly offset: number;
}

/** What a repository needs for a page by cursor: fetch `limit + 1` rows, for `prev` in the opposite order. */
export interface CursorRequest {
  readonly kind: 'cursor';
  readonly limit: number;
  readonly position?: CursorPosition;
}

export type PageRequest = OffsetRequest | CursorRequest;

export interface OffsetPage<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly totalCapped?: true;
  readonly page: number;
  readonly pages: number;
  readonly perPage: number;
  readonly hasNext: boolean;
  readonly hasPrev: boolean;
}

export interface CursorPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
  readonly hasNext: boolean;
}

const count = z.string().regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1 on');

/** The query parameters of every list, and no others; extend it with the filters of one: `pageQuery.extend({ status: … })`. */
export const pageQuery = z.strictObject({
  page: count.optional().meta({ description: 'Number of the page, from 1; not together with cursor or limit' }),
  perPage: count.optional().meta({ description: 'Items of a page' }),
  cursor: z.string().max(2048).optional().meta({ description: 'nextCursor or prevCursor of an earlier answer' }),
  limit: count.optional().meta({ description: 'Items of a page by cursor' }),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** Answer of a list: by number with `total` and `pages`, by cursor with `nextCursor` and `prevCursor`. */
export const pageAnswer = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    hasNext: z.boolean(),
    nextCursor: z.string().nullable().optional(),
    prevCursor: z.string().nullable().optional(),
    total: z.int().optional().meta({ description: 'Exact up to 10,000' }),
    totalCapped: z.boolean().optional().meta({ description: 'There are more than `total`' }),
    page: z.int().optional(),
    pages: z.int().optional(),
    perPage: z.int().optional(),
    hasPrev: z.boolean().optional(),
  });

/**
 * The page a caller asks for. `page` or `perPage` choose pages by number, all else cursors. A size above the maximum is
 * a mistake, not silently cut: a client that counts on 1000 items would skip half of them.
 * @param binding workspace, filter and sort in canonical form (see `bindingOf`)
 * @throws AppError invalid with all mistakes
 */
export function readPageRequest(
  query: PageQuery,
  limits: PageLimits,
  signer: CursorSigner,
  binding: string,
): PageRequest {
  const byNumber = query.page !== undefined || query.perPage !== undefined;
  if (byNumber) refuseBoth(query);
  const size = pageSize(byNumber ? 'perPage' : 'limit', query, limits);
  if (byNumber) {
    const page = Number(query.page ?? 1);
    return { kind: 'offset', page, perPage: size, offset: (page - 1) * size };
  }
  if (query.cursor === undefined) return { kind: 'cursor', limit: size };
  return { kind: 'cursor', limit: size, position: signer.open(query.cursor, binding) };
}

function refuseBoth({ cursor, limit }: PageQuery): void {
  const pointer = cursor !== undefined ? '?cursor' : limit !== undefined ? '?limit' : undefined;
  if (pointer === undefined) return;
  throw new AppError('invalid', 'page_and_cursor', 'Use page and perPage, or cursor and limit, not both.', {
    errors: [{ pointer, message: 'not together with page or perPage' }],
  });
}

function pageSize(name: 'perPage' | 'limit', query: PageQuery, limits: PageLimits): number {
  const size = Number(query[name] ?? limits.pageSize);
  if (size <= limits.maxPageSize) return size;
  throw new AppError('invalid', 'page_too_large', `A page may have ${limits.maxPageSize} items.`, {
    errors: [{ pointer: `?${name}`, message: `must be at most ${limits.maxPageSize}` }],
  });
}

/** Canonical text of what a list is, so that a cursor of one filter is refused for another. */
export function bindingOf(workspaceId: string, filter: Readonly<Record<string, unknown>>, sort: string): string {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return JSON.stringify([workspaceId, sort, entries.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** @param total rows counted up to COUNT_CAP + 1 (`SELECT count(*) FROM (SELECT 1 … LIMIT 10001)`) */
export function offsetPage<T>(items: readonly T[], total: number, request: OffsetRequest): OffsetPage<T> {
  const capped = total > COUNT_CAP;
  const known = capped ? COUNT_CAP : total;
  const pages = Math.ceil(known / request.perPage);
  return {
    items,
    total: known,
    ...(capped ? { totalCapped: true as const } : {}),
    page: request.page,
    pages,
    perPage: request.perPage,
    // Beyond the cap the number of pages is unknown: a full page is taken to have a next one.
    hasNext: request.page < pages || (capped && items.length === request.perPage),
    hasPrev: request.page > 1,
  };
}

/**
 * Puts `limit + 1` fetched rows into a page.
 * @param rows in the order they were fetched: for `prev` backwards, the nearest first
 * @param keyOf values of the sort columns of an item, as text
 */
export function cursorPage<T>(
  rows: readonly T[],
  request: CursorRequest,
  keyOf: (item: T) => readonly string[],
  seal: (position: CursorPosition) => string,
): CursorPage<T> {
  const backwards = request.position?.direction === 'prev';
  const more = rows.length > request.limit;
  const fetched = rows.slice(0, request.limit);
  const items = backwards ? fetched.reverse() : fetched;
  const first = items[0];
  const last = items[items.length - 1];
  // Going back, the row we came from lies ahead; going on, it lies behind.
  const hasNext = backwards ? true : more;
  const hasPrev = backwards ? more : request.position !== undefined;
  return {
    items,
    nextCursor: hasNext && last !== undefined ? seal({ direction: 'next', values: keyOf(last) }) : null,
    prevCursor: hasPrev && first !== undefined ? seal({ direction: 'prev', values: keyOf(first) }) : null,
    hasNext: hasNext && last !== undefined,
  };
}

/**
 * `Link` header (RFC 8288) of a page.
 * @param url the request's own address, path and query
 */
export function linkHeader(url: string, page: OffsetPage<unknown> | CursorPage<unknown>): string {
  const links: [string, Record<string, string>][] = [];
  if ('page' in page) {
    const perPage = String(page.perPage);
    const at = (number: number) => ({ page: String(number), perPage });
    links.push(['first', at(1)]);
    if (page.hasPrev) links.push(['prev', at(Math.max(1, page.pages ? Math.min(page.page - 1, page.pages) : 1))]);
    if (page.hasNext) links.push(['next', at(page.page + 1)]);
    if (page.pages > 0 && !page.totalCapped) links.push(['last', at(page.pages)]);
  } else {
    if (page.prevCursor) links.push(['prev', { cursor: page.prevCursor }]);
    if (page.nextCursor) links.push(['next', { cursor: page.nextCursor }]);
  }
  return links.map(([relation, changes]) => `<${withQuery(url, changes)}>; rel="${relation}"`).join(', ');
}

function withQuery(url: string, changes: Readonly<Record<string, string>>): string {
  const [path = '', text = ''] = url.split('?', 2);
  const query = new URLSearchParams(text);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  return `${path}?${query.toString()}`;
}
