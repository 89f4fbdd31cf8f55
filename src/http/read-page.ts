import type { CursorSigner } from './cursor-signer.js';
import {
  COUNT_CAP,
  cursorPage,
  offsetPage,
  readPageRequest,
  type CursorPage,
  type OffsetPage,
  type PageLimits,
  type PageQuery,
} from './pagination.js';

/** Rows of a list, in an order that is total. */
export interface PageWindow {
  /** Against the order of the list: the rows before `after`, the nearest first. */
  readonly backwards: boolean;
  readonly limit: number;
  readonly offset?: number;
  /** Rows strictly behind this one: its values of the sort columns. */
  readonly after?: readonly string[];
}

/** Where the rows of a list come from. */
export interface PageSource<T> {
  /** Workspace, filter and sort in canonical form (`bindingOf`): a cursor of another list is refused. */
  readonly binding: string;
  list(window: PageWindow): Promise<readonly T[]>;
  /** How many there are, counted no further than `cap` + 1. */
  count(cap: number): Promise<number>;
  /** Values of the sort columns, as text. */
  keyOf(item: T): readonly string[];
}

/**
 * The page a caller asks for, by number or by cursor.
 * @throws AppError 422 for a page that is too large, a foreign cursor, or cursor and page together
 */
export async function readPage<T>(
  query: PageQuery,
  limits: PageLimits,
  signer: CursorSigner,
  source: PageSource<T>,
): Promise<OffsetPage<T> | CursorPage<T>> {
  const request = readPageRequest(query, limits, signer, source.binding);
  if (request.kind === 'offset') {
    const [items, total] = await Promise.all([
      source.list({ backwards: false, limit: request.perPage, offset: request.offset }),
      source.count(COUNT_CAP),
    ]);
    return offsetPage(items, total, request);
  }
  const backwards = request.position?.direction === 'prev';
  const rows = await source.list({ backwards, limit: request.limit + 1, after: request.position?.values });
  return cursorPage(rows, request, source.keyOf, (position) => signer.seal(position, source.binding));
}
