import { namesEtag, weakened, weakEtagOf } from './etag.js';

describe('entity tags', () => {
  it('are weak, equal for equal bodies and others for others', () => {
    const tag = weakEtagOf(Buffer.from('{"a":1}'));
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(weakEtagOf(Buffer.from('{"a":1}'))).toBe(tag);
    expect(weakEtagOf(Buffer.from('{"a":2}'))).not.toBe(tag);
  });

  it.each([
    ['the tag itself', 'W/"a"', 'W/"a"', true],
    ['its strong spelling', '"a"', 'W/"a"', true],
    ['a weak spelling of a strong one', 'W/"a"', '"a"', true],
    ['a list with it', '"x", W/"a" ,"y"', '"a"', true],
    ['a list with a comma inside a tag', '"x,y","a"', '"a"', true],
    ['any', ' * ', '"a"', true],
    ['another', '"b"', '"a"', false],
    ['a part of another', '"aa"', '"a"', false],
    ['what is no tag', 'a', '"a"', false],
    ['a star among tags', '"b", *', '"a"', false],
    ['nothing', undefined, '"a"', false],
    ['an empty value', '', '"a"', false],
  ])('are compared weakly: %s', (_what, header, etag, expected) => {
    expect(namesEtag(header, etag)).toBe(expected);
  });

  it('take no more time for a hostile list than for a long one', () => {
    expect(namesEtag('"'.repeat(16_000), '"a"')).toBe(false);
    expect(namesEtag('W/"'.repeat(5_000), '"a"')).toBe(false);
  });

  it('become weak beside another coding, once', () => {
    expect([weakened('"a"'), weakened('W/"a"')]).toEqual(['W/"a"', 'W/"a"']);
  });
});
