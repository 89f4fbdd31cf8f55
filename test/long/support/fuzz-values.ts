import fc from 'fast-check';
import type { Contract, Json } from './fuzz-contract.js';

const DEEPEST = 6;

/** Values of a JSON schema: what the description of a call says may be sent. */
export function valueOf(contract: Contract, schema: Json, depth = 0): fc.Arbitrary<unknown> {
  const resolved = contract.resolve(schema);
  if (depth > DEEPEST) return fc.constant(null);
  const choices = (resolved['anyOf'] ?? resolved['oneOf']) as Json[] | undefined;
  if (choices) return fc.oneof(...choices.map((choice) => valueOf(contract, choice, depth + 1)));
  if (resolved['const'] !== undefined) return fc.constant(resolved['const']);
  if (Array.isArray(resolved['enum'])) return fc.constantFrom(...(resolved['enum'] as unknown[]));
  const make = BY_TYPE[String(resolved['type'])];
  return make ? make(contract, resolved, depth) : fc.jsonValue({ maxDepth: 2 });
}

type Maker = (contract: Contract, schema: Json, depth: number) => fc.Arbitrary<unknown>;

const numberOf = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);

const BY_TYPE: Readonly<Record<string, Maker>> = {
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  string: (_contract, schema) => textOf(schema),
  integer: (_contract, schema) =>
    fc.integer({
      min: numberOf(schema['minimum'], -1000),
      max: Math.min(numberOf(schema['maximum'], 1000), 2 ** 31 - 1),
    }),
  number: (_contract, schema) =>
    fc.double({ min: numberOf(schema['minimum'], -1e6), max: numberOf(schema['maximum'], 1e6), noNaN: true }),
  array: (contract, schema, depth) =>
    fc.array(valueOf(contract, (schema['items'] ?? {}) as Json, depth + 1), {
      minLength: numberOf(schema['minItems'], 0),
      maxLength: Math.min(numberOf(schema['maxItems'], 5), 5),
    }),
  object: objectOf,
};

function textOf(schema: Json): fc.Arbitrary<string> {
  const minLength = numberOf(schema['minLength'], 0);
  const maxLength = Math.min(numberOf(schema['maxLength'], 60), 60);
  if (schema['format'] === 'uuid') return fc.uuid();
  if (schema['format'] === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const pattern = schema['pattern'];
  if (typeof pattern === 'string' && !pattern.includes('\\p')) return fc.stringMatching(new RegExp(pattern));
  return fc.oneof(
    fc.string({ minLength, maxLength }),
    fc.string({ unit: 'grapheme', minLength, maxLength }),
    fc.constantFrom('web service', 'TypeScript', 'PostgreSQL', 'MIT', '2,000 orders per minute are paid by card'),
  );
}

function objectOf(contract: Contract, schema: Json, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Json>>);
  const required = (schema['required'] ?? []) as string[];
  const own = fc.record(
    Object.fromEntries(properties.map(([name, property]) => [name, valueOf(contract, property, depth + 1)])),
    { requiredKeys: required },
  );
  const more = schema['additionalProperties'];
  if (typeof more !== 'object' || more === null) return own;
  const names = valueOf(contract, (schema['propertyNames'] ?? { type: 'string', minLength: 1 }) as Json, depth + 1);
  return fc
    .tuple(own, fc.dictionary(names.map(String), valueOf(contract, more as Json, depth + 1), { maxKeys: 4 }))
    .map(([mine, others]) => ({ ...others, ...mine }));
}
