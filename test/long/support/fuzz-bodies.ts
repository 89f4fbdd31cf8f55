import fc from 'fast-check';
import { hostileText } from './fuzz-hostile.js';

const nested = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);

/** Bodies, as bytes or text. */
export const hostileBody: fc.Arbitrary<string | Buffer> = fc.oneof(
  { weight: 5, arbitrary: fc.json({ maxDepth: 4, stringUnit: 'binary' }) },
  {
    weight: 5,
    arbitrary: fc.constantFrom<string | Buffer>(
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '1',
      '{}',
      '{"a":1,"a":2}',
      '{"__proto__":{"x":1}}',
      '{"constructor":{"prototype":{"x":1}}}',
      '{"name":"\\u0000"}',
      '{"name":"\\ud800"}',
      '{"n":1e999}',
      '{"n":-0}',
      '\ufeff{}',
      '{}garbage',
      "{'a':1}",
      nested('[', ']', 31),
      nested('[', ']', 33),
      '['.repeat(100_000),
      nested('{"a":', '}', 40).replace('}', '1}'),
      `{"name":"${'a'.repeat(200_000)}"}`,
      `{"name":"${'a'.repeat(262_144)}"}`,
      `[${'0,'.repeat(50_000)}0]`,
      Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
      Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
      Buffer.from([0x1f, 0x8b, 0x08, 0x00]),
    ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
);

const strange = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(
    null,
    true,
    [],
    {},
    -1,
    0,
    1.5,
    1e21,
    2 ** 53,
    ['x'],
    { a: 1 },
    Array(600).fill('x'),
    'a'.repeat(30_000),
  ),
);

/** A value with one place of it changed: another value, nothing, or something more. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.nat({ max: 1000 }), strange, fc.constantFrom('replace', 'remove', 'add'))
    .map(([at, other, how]) => {
      const copy = structuredClone({ root: value }) as { root: unknown };
      const places = placesOf(copy);
      const [holder, name] = places[at % places.length]!;
      if (how === 'remove') delete holder[name];
      else if (how === 'replace' || typeof holder[name] !== 'object' || holder[name] === null) holder[name] = other;
      else (holder[name] as Record<string, unknown>)['unknown'] = other;
      return copy.root;
    });
}

type Holder = Record<string, unknown>;

function placesOf(holder: Holder): [Holder, string][] {
  return Object.entries(holder).flatMap(([name, value]): [Holder, string][] => [
    [holder, name],
    ...(typeof value === 'object' && value !== null ? placesOf(value as Holder) : []),
  ]);
}
