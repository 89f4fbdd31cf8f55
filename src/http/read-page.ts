import type { PageWindow } from '../shared/database/keyset.js';
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

/** A row of a list with its place in the order. */
export interface PageRow {
  /** Values of the sort columns, as `Keyset.key` selects them. */
  readonly key: readonly string[];
}

/** Where the rows of a list come from. */
export interface PageSource<R extends PageRow, T> {
  /** Workspace, filter and sort in canonical form (`bindingOf`): a cursor of another list is refused. */
  readonly binding: string;
  list(window: PageWindow): Promise<readonly R[]>;
  /** How many there are, counted no further than `cap` + 1. */
  count(cap: number): Promise<number>;
  answerOf(row: R): T;
}

/**
 * The page a caller asks for, by number or by cursor.
 * @throws AppError 400 for a cursor that is foreign or was changed, 422 for a page that is too large, or cursor and page together
 */
export async function readPage<R extends PageRow, T>(
  query: PageQuery,
  limits: PageLimits,
  signer: CursorSigner,
  source: PageSource<R, T>,
): Promise<OffsetPage<T> | CursorPage<T>> {
  const request = readPageRequest(query, limits, signer, source.binding);
  if (request.kind === 'offset') {
    const [rows, total] = await Promise.all([
      source.list({ backwards: false, limit: request.perPage, offset: request.offset }),
      source.count(COUNT_CAP),
    ]);
    return offsetPage(rows.map(source.answerOf), total, request);
  }
  const backwards = request.position?.direction === 'prev';
  const rows = await source.list({ backwards, limit: request.limit + 1, after: request.position?.values });
  const page = cursorPage(
    rows,
    request,
    ({ key }) => key,
    (position) => signer.seal(position, source.binding),
  );
  return { ...page, items: page.items.map(source.answerOf) };
}
