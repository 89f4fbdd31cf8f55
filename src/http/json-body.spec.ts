import fc from 'fast-check';
import { AppError } from '../shared/errors/app-error.js';
import { depthOf, parseJsonBody } from './json-body.js';

function codeOf(text: string | Buffer): string | undefined {
  try {
    parseJsonBody(Buffer.from(text as string));
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

/** Levels of a value, counted on the value instead of its text. */
function levels(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levels));
}

describe('a JSON body', () => {
  it('is what JSON.parse reads, for every storable value', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((made) => !made.includes('\0'));
    const key = text.filter((made) => made !== '__proto__');
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' }), key, (value, name) => {
        const json = JSON.stringify({ [name]: value })
          .replaceAll('\\u0000', '')
          .replaceAll('__proto__', 'p');
        expect(parseJsonBody(Buffer.from(json))).toEqual(JSON.parse(json));
      }),
    );
  });

  it('its depth is known before it is read, whatever stands in its strings', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.string(), (value, text) => {
        const whole = { value, text: `{[${text}"\\` };
        expect(depthOf(JSON.stringify(whole))).toBe(levels(whole));
      }),
    );
  });

  it('may have 32 levels', () => {
    expect(codeOf(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeUndefined();
    expect(codeOf(`${'['.repeat(33)}${']'.repeat(33)}`)).toBe('body_too_deep');
    expect(codeOf('{"a":'.repeat(100_000))).toBe('body_too_deep');
  });

  it('any bytes at all are read or refused with a code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(codeOf(Buffer.from(bytes)) ?? '').not.toMatch(/Error/);
      }),
    );
  });

  it('says where text can not be stored', () => {
    try {
      parseJsonBody(Buffer.from('{"a":{"b/c":["ok","x\\u0000"]}}'));
      throw new Error('was read');
    } catch (error) {
      expect((error as AppError).errors).toEqual([
        { pointer: '/a/b~1c/1', message: expect.stringContaining('NUL') as string },
      ]);
    }
  });
});
