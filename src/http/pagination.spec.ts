import fc from 'fast-check';
import { AppError } from '../shared/errors/app-error.js';
import { CursorSigner } from './cursor-signer.js';
import {
  bindingOf,
  COUNT_CAP,
  type CursorPage,
  cursorPage,
  type CursorRequest,
  linkHeader,
  offsetPage,
  type PageQuery,
  pageQuery,
  readPageRequest,
} from './pagination.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const limits = { pageSize: 50, maxPageSize: 500 };
const signer = new CursorSigner();
const binding = bindingOf('w1', { status: 'failed' }, '-createdAt');
const read = (query: PageQuery) => readPageRequest(query, limits, signer, binding);

/** What a repository does with a cursor request, over rows sorted ascending by their number. */
function fetch(rows: readonly number[], request: CursorRequest): number[] {
  const at = Number(request.position?.values[0]);
  const wanted = !request.position
    ? rows
    : request.position.direction === 'next'
      ? rows.filter((row) => row > at)
      : rows.filter((row) => row < at).reverse();
  return wanted.slice(0, request.limit + 1);
}

function pageOf(rows: readonly number[], request: CursorRequest): CursorPage<number> {
  return cursorPage(
    fetch(rows, request),
    request,
    (row) => [String(row)],
    (position) => signer.seal(position, binding),
  );
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('pages by cursor', () => {
  const rowsArbitrary = fc
    .uniqueArray(fc.integer({ min: -1000, max: 1000 }), { maxLength: 60 })
    .map((rows) => rows.sort((a, b) => a - b));

  it('going on to the end shows every row once, and going back shows the same pages', () => {
    fc.assert(
      fc.property(rowsArbitrary, fc.integer({ min: 1, max: 12 }), (rows, limit) => {
        const pages: CursorPage<number>[] = [];
        for (let cursor: string | undefined; ;) {
          const request = read({ cursor, limit: String(limit) }) as CursorRequest;
          const page = pageOf(rows, request);
          pages.push(page);
          if (!page.nextCursor) break;
          cursor = page.nextCursor;
        }
        expect(pages.flatMap(({ items }) => items)).toEqual(rows);
        expect(pages.slice(0, -1).every(({ hasNext }) => hasNext)).toBe(true);
        expect(pages.at(-1)?.hasNext).toBe(false);
        const back: (readonly number[])[] = [];
        for (let cursor = pages.at(-1)?.prevCursor; cursor;) {
          const page = pageOf(rows, read({ cursor, limit: String(limit) }) as CursorRequest);
          back.unshift(page.items);
          cursor = page.prevCursor;
        }
        expect(back.flat()).toEqual(pages.slice(0, -1).flatMap(({ items }) => items));
      }),
    );
  });

  it('a cursor opens only where it was made', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), text, text, (values, made, other) => {
        const cursor = signer.seal({ direction: 'next', values }, made);
        expect(signer.open(cursor, made)).toEqual({ direction: 'next', values });
        if (made !== other) expect(codeOf(() => signer.open(cursor, other))).toBe('cursor_not_valid');
      }),
    );
  });

  const cursor = signer.seal({ direction: 'next', values: ['2026-01-01', 'id'] }, binding);

  it('one changed character is refused', () => {
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom(...'AZaz09-_='), (at, letter) => {
        const changed = cursor.slice(0, at) + letter + cursor.slice(at + 1);
        expect(codeOf(() => signer.open(changed, binding))).toBe(changed === cursor ? undefined : 'cursor_not_valid');
      }),
    );
  });

  it('every byte of it is signed: none can be any other, be missing or be doubled', () => {
    const bytes = Buffer.from(cursor, 'base64url');
    const taken: string[] = [];
    const isTaken = (changed: Buffer) =>
      codeOf(() => signer.open(changed.toString('base64url'), binding)) === undefined;
    for (let at = 0; at < bytes.length; at++) {
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
      for (let other = 1; other < 256; other++)
        if (isTaken(Buffer.concat([before, Buffer.of((bytes[at] ?? 0) ^ other), after])))
          taken.push(`byte ${at} xor ${other}`);
      if (isTaken(Buffer.concat([before, after]))) taken.push(`without byte ${at}`);
      if (isTaken(Buffer.concat([before, bytes.subarray(at, at + 1), bytes.subarray(at)]))) taken.push(`twice ${at}`);
    }
    expect(taken).toEqual([]);
    expect(codeOf(() => signer.open(cursor, binding))).toBeUndefined();
  });

  it('every letter of it counts: none can be another, be missing or be added', () => {
    const taken: string[] = [];
    const tryOut = (changed: string) => {
      if (changed !== cursor && codeOf(() => signer.open(changed, binding)) !== 'cursor_not_valid') taken.push(changed);
    };
    for (let at = 0; at <= cursor.length; at++) {
      tryOut(cursor.slice(0, at) + cursor.slice(at + 1));
      for (const letter of `${LETTERS}+/= \0é`) {
        tryOut(cursor.slice(0, at) + letter + cursor.slice(at + 1));
        tryOut(cursor.slice(0, at) + letter + cursor.slice(at));
      }
    }
    expect(taken).toEqual([]);
  });

  it('any text at all is refused and never breaks', () => {
    fc.assert(
      fc.property(fc.string(), (text) => expect(codeOf(() => signer.open(text, binding))).toBe('cursor_not_valid')),
    );
  });

  it('processes that share the key open each other’s cursors', () => {
    const [one, two] = [new CursorSigner(), new CursorSigner()];
    const cursor = one.seal({ direction: 'prev', values: ['a'] }, binding);
    expect(codeOf(() => two.open(cursor, binding))).toBe('cursor_not_valid');
    one.use(Buffer.alloc(32, 1));
    two.use(Buffer.alloc(32, 1));
    expect(two.open(one.seal({ direction: 'prev', values: ['a'] }, binding), binding).values).toEqual(['a']);
  });

  it('the binding knows workspace, filter and sort, and not the order of the filters', () => {
    expect(bindingOf('w', { b: 1, a: 2 }, 's')).toBe(bindingOf('w', { a: 2, b: 1, c: undefined }, 's'));
    const all = [
      bindingOf('w', { a: 1 }, 's'),
      bindingOf('v', { a: 1 }, 's'),
      bindingOf('w', { a: 2 }, 's'),
      bindingOf('w', { a: 1 }, 't'),
    ];
    expect(new Set(all).size).toBe(4);
  });
});

describe('pages by number', () => {
  it('pages, hasNext and hasPrev agree with the total', () => {
    fc.assert(
      fc.property(
        fc.nat(COUNT_CAP),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 50 }),
        (total, perPage, page) => {
          const shown = Math.max(0, Math.min(perPage, total - (page - 1) * perPage));
          const made = offsetPage(Array(shown).fill(0), total, { kind: 'offset', page, perPage, offset: 0 });
          expect(made.total).toBe(total);
          expect(made.totalCapped).toBeUndefined();
          expect(made.pages).toBe(Math.ceil(total / perPage));
          expect(made.hasNext).toBe(page * perPage < total);
          expect(made.hasPrev).toBe(page > 1);
        },
      ),
    );
  });

  it('counts to 10,000 and says so beyond, with a next page as long as pages are full', () => {
    const request = { kind: 'offset', page: 300, perPage: 50, offset: 14_950 } as const;
    expect(offsetPage(Array(50).fill(0), COUNT_CAP + 1, request)).toMatchObject({
      total: 10_000,
      totalCapped: true,
      hasNext: true,
    });
    expect(offsetPage([1], COUNT_CAP + 1, request).hasNext).toBe(false);
    expect(offsetPage([], COUNT_CAP, { ...request, page: 1 }).totalCapped).toBeUndefined();
  });
});

describe('what a caller asks for', () => {
  it('is a cursor page of the default size unless a page is named', () => {
    expect(read({})).toEqual({ kind: 'cursor', limit: 50 });
    expect(read({ page: '3' })).toEqual({ kind: 'offset', page: 3, perPage: 50, offset: 100 });
    expect(read({ perPage: '20' })).toEqual({ kind: 'offset', page: 1, perPage: 20, offset: 0 });
    expect(read({ limit: '500' })).toEqual({ kind: 'cursor', limit: 500 });
  });

  it.each([
    [{ page: '1', cursor: 'x' }, 'page_and_cursor'],
    [{ perPage: '1', limit: '5' }, 'page_and_cursor'],
    [{ perPage: '501' }, 'page_too_large'],
    [{ limit: '501' }, 'page_too_large'],
    [{ cursor: 'made-up' }, 'cursor_not_valid'],
  ])('%j is refused', (query, code) => {
    expect(codeOf(() => read(query))).toBe(code);
  });

  it.each(['0', '-1', '1.5', 'x', '', '1e3', '99999999999'])('page=%s is no number of a page', (page) => {
    expect(pageQuery.safeParse({ page }).success).toBe(false);
  });
});

describe('the Link header', () => {
  it('keeps the filters and changes the page', () => {
    const page = offsetPage([1, 2], 9, { kind: 'offset', page: 2, perPage: 2, offset: 2 });
    expect(linkHeader('/v1/sessions?status=failed&page=2&perPage=2', page)).toBe(
      [
        '</v1/sessions?status=failed&page=1&perPage=2>; rel="first"',
        '</v1/sessions?status=failed&page=1&perPage=2>; rel="prev"',
        '</v1/sessions?status=failed&page=3&perPage=2>; rel="next"',
        '</v1/sessions?status=failed&page=5&perPage=2>; rel="last"',
      ].join(', '),
    );
  });

  it('has no last page when nobody counted so far, and is empty for a lone cursor page', () => {
    const capped = offsetPage([1], COUNT_CAP + 1, { kind: 'offset', page: 1, perPage: 1, offset: 0 });
    expect(linkHeader('/x', capped)).not.toContain('last');
    expect(linkHeader('/x', { items: [], nextCursor: null, prevCursor: null, hasNext: false })).toBe('');
    expect(linkHeader('/x?q=a%20b', { items: [1], nextCursor: 'c+/', prevCursor: null, hasNext: true })).toBe(
      '</x?q=a+b&cursor=c%2B%2F>; rel="next"',
    );
  });
});
