import fc from 'fast-check';
import { globOf, keyOfText, lockOf, textOf, wildcard } from './cache-key.js';

describe('keys', () => {
  it('any name and owner of a good length comes back from its text, which no glob, slot or space can misread', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (name, owner) => {
          const key = { region: 'research', owner, name } as const;
          const text = textOf(key);
          expect(text).toMatch(/^techspec:2:research:[^\s{}*?[\]\\]*$/);
          expect(keyOfText(text ?? '')).toEqual(key);
        },
      ),
    );
  });

  it('two keys never share a text', () => {
    const part = fc.string({ unit: fc.constantFrom('a', ':', '%', '3', 'A', '*', ' '), maxLength: 5 });
    fc.assert(
      fc.property(part, part, part, part, (ownerA, nameA, ownerB, nameB) => {
        const same = ownerA === ownerB && nameA === nameB;
        const [a, b] = [
          textOf({ region: 'research', owner: ownerA, name: nameA }),
          textOf({ region: 'research', owner: ownerB, name: nameB }),
        ];
        expect(a === b).toBe(same);
      }),
    );
  });

  it('the lock is in the slot of its key', () => {
    expect(lockOf('techspec:2:research:w:a')).toBe('{techspec:2:research:w:a}:lock');
  });

  it('a text of somebody else is no key', () => {
    expect([keyOfText('techspec:2:nothing:w:a'), keyOfText('other')]).toEqual([undefined, undefined]);
  });
});

describe('patterns', () => {
  const unit = fc.constantFrom('a', 'b', '.', '*');
  const reference = (pattern: string) => new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/\*+/g, '[^]*')}$`);

  it('match as the wildcard says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 }),
        (pattern, name) => {
          expect(wildcard(pattern)(name)).toBe(reference(pattern).test(name));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('of many wildcards take no longer over a long name', () => {
    expect(wildcard(`${'*a'.repeat(200)}*b`)('a'.repeat(100_000))).toBe(false);
  });

  it('have one wildcard in Redis, too', () => {
    expect(globOf('research', 'w:1', 'a?[b]*')).toBe('techspec:2:research:w%3A1:a%3F%5Bb%5D*');
  });
});
