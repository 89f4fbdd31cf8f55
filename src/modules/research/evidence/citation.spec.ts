import fc from 'fast-check';
import type { Citation, EvidencePiece } from '../research.types.js';
import { canonicalJson } from '../../../shared/canonical-json/canonical-json.js';
import { checkCitation, resolvePointer } from './citation.js';
import { pieceOf } from './piece.js';

const text = (body: string, subject?: EvidencePiece['subject']): EvidencePiece =>
  pieceOf({ source: 'page', title: 't', mediaType: 'text/plain', body, fetchedAt: '2026-01-01T00:00:00Z', subject });
const quoteOf = (piece: EvidencePiece, quote: string): Citation => ({ evidence: piece.sha256, quote });

describe('a quote', () => {
  const page = text('Create jobs\n   in an existing db transaction, with retries.  Jobs are never lost by a ﬁle.');

  it('is found in one stretch, white space folded and ligatures resolved', () => {
    expect(checkCitation(quoteOf(page, 'jobs in an existing  db transaction'), page)).toBe('found');
    expect(checkCitation(quoteOf(page, 'lost by a file.'), page)).toBe('found');
  });

  it('is found wherever it was cut out', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 80 }), fc.nat(), fc.nat(), (body, a, b) => {
        const [from, to] = [a % body.length, b % body.length].sort((x, y) => x - y) as [number, number];
        const cut = body.slice(from, to + 1);
        fc.pre(cut.normalize('NFKC').trim() !== '');
        // A cut may split a pair or a combining sequence; then the words are others.
        fc.pre(body.normalize('NFKC') === body);
        expect(checkCitation(quoteOf(text(body), cut), text(body))).toBe('found');
      }),
    );
  });

  it('is stitched when its stretches are there but not together', () => {
    expect(checkCitation(quoteOf(page, 'Create jobs … never lost'), page)).toBe('stitched');
    expect(checkCitation(quoteOf(page, 'Create jobs [...] with retries.'), page)).toBe('stitched');
    expect(checkCitation(quoteOf(page, 'Create jobs in an existing db never lost'), page)).toBe('stitched');
  });

  it('is not found when a word is new, when it is empty, and when the piece is gone', () => {
    expect(checkCitation(quoteOf(page, 'Create workers in an existing db transaction'), page)).toBe('not-found');
    expect(checkCitation(quoteOf(page, 'create jobs'), page)).toBe('not-found');
    expect(checkCitation(quoteOf(page, ' \n '), page)).toBe('not-found');
    expect(checkCitation(quoteOf(page, '...'), page)).toBe('not-found');
    expect(checkCitation(quoteOf(page, 'Create jobs'), undefined)).toBe('not-found');
  });

  it('is never found with one more word that the body lacks', () => {
    fc.assert(
      fc.property(fc.lorem({ mode: 'sentences' }), (body) => {
        expect(checkCitation(quoteOf(text(body), `${body} zyxw`), text(body))).not.toBe('found');
      }),
    );
  });

  it('is misattributed when the claim speaks of another package or version, or names another piece', () => {
    const readme = text('Fast and small', { name: 'a', version: '1.0.0' });
    expect(checkCitation(quoteOf(readme, 'Fast and'), readme, { name: 'a' })).toBe('found');
    expect(checkCitation(quoteOf(readme, 'Fast and'), readme, { name: 'b' })).toBe('misattributed');
    expect(checkCitation(quoteOf(readme, 'Fast and'), readme, { name: 'a', version: '1.0.1' })).toBe('misattributed');
    expect(checkCitation({ evidence: page.sha256, quote: 'Fast and' }, readme)).toBe('misattributed');
  });
});

describe('a pointer', () => {
  const record = text(canonicalJson({ license: 'MIT', deps: { '@a/b~c': '^1' }, list: [10, null], 'a"': true }));
  const at = (pointer: string, value: string | number | boolean | null) =>
    checkCitation({ evidence: record.sha256, pointer, value }, record);

  it('is found when it leads to an equal value', () => {
    expect([
      at('/license', 'MIT'),
      at('/deps/@a~1b~0c', '^1'),
      at('/list/0', 10),
      at('/list/1', null),
      at('/a"', true),
    ]).toEqual(Array(5).fill('found'));
  });

  it('is not found for another value or type, a missing place, an object or what objects inherit', () => {
    const wrong = [
      at('/license', 'mit'),
      at('/list/0', '10'),
      at('/none', null),
      at('/list/-', 10),
      at('/list/00', 10),
    ];
    const odd = [
      at('/deps', 'x'),
      at('/constructor/name', 'Object'),
      at('/list/length', 2),
      at('license', 'MIT'),
      at('/~2', 'x'),
    ];
    expect([...wrong, ...odd]).toEqual(Array(10).fill('not-found'));
    expect(checkCitation({ evidence: 'x', pointer: '/a', value: 1 }, text('no json'))).toBe('not-found');
  });

  it('leads to every member of every document (RFC 6901 escapes)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (document) => {
        for (const [key, value] of Object.entries(document)) {
          const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
          expect(resolvePointer(document, pointer)).toEqual({ value });
        }
      }),
    );
  });
});
