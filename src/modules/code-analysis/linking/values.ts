import type { Confidence } from '../code-analysis.types.js';
import type { Expr, FileFacts, RouterFact } from './facts.js';

/** What an expression turns out to be. */
export type Value =
  | { readonly kind: 'text'; readonly text: string; readonly confidence: Confidence }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [string, Expr])[]; readonly in: Activation }
  | FunctionValue
  | { readonly kind: 'class'; readonly id: string; readonly in: Activation }
  | ObjectValue
  | { readonly kind: 'router'; readonly router: RouterNode }
  /** A method of a router, not yet called: what it returns is the router again (`Router().get(…)`, `router.routes()`). */
  | { readonly kind: 'method'; readonly router: RouterNode }
  | { readonly kind: 'module'; readonly files: readonly string[] }
  | { readonly kind: 'external'; readonly from: string; readonly name: string }
  | { readonly kind: 'inline'; readonly of: Value }
  | { readonly kind: 'unknown'; readonly source: string; readonly isParameter?: boolean };

/** Arguments of a call: by position, and by the name of the parameter. */
export interface Given {
  readonly inOrder: readonly Value[];
  readonly byName?: ReadonlyMap<string, Value>;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly scope: string;
  /** Where it was made: its closure. */
  readonly in: Activation;
  /** `this` in it. */
  readonly self?: ObjectValue;
}

export interface ObjectValue {
  readonly kind: 'object';
  readonly id: string;
  /** The call of its constructor: what the fields were given. */
  readonly in: Activation;
}

/** What is called with what. */
export interface Call {
  readonly scope: string;
  /** Where the function was made. */
  readonly closure: Activation;
  /** Arguments by the id of the parameter. */
  readonly env: ReadonlyMap<string, Value>;
  readonly self?: ObjectValue;
}

/** One call of a function, one turn of a loop, or the one run of a file's top level. */
export class Activation {
  private readonly known = new Map<string, Value>();
  /** Of the run of a constructor: the base class and the run of its constructor. */
  superRun?: ObjectValue;

  /** @param key tells this run from every other of the project */
  constructor(
    readonly file: FileFacts,
    readonly key: string,
    readonly call?: Call,
  ) {}

  /** Undefined at the top level of a file. */
  get scope(): string | undefined {
    return this.call?.scope;
  }

  get parent(): Activation | undefined {
    return this.call?.closure;
  }

  /** The value of a parameter, of this call or of an enclosing one. */
  param(id: string): Value | undefined {
    for (let at: Activation | undefined = this as Activation; at; at = at.parent) {
      const value = at.call?.env.get(id);
      if (value) return value;
    }
    return undefined;
  }

  get selfObject(): ObjectValue | undefined {
    for (let at: Activation | undefined = this as Activation; at; at = at.parent)
      if (at.call?.self) return at.call.self;
    return undefined;
  }

  /** The enclosing run of a scope; the outermost when none is of that scope. */
  runOf(scope: string | undefined): Activation {
    let at: Activation = this as Activation;
    while (at.scope !== scope && at.parent) at = at.parent;
    return at;
  }

  depth(): number {
    let count = 0;
    for (let at: Activation | undefined = this as Activation; at; at = at.parent) count += 1;
    return count;
  }

  remember(id: string, value: Value): Value {
    this.known.set(id, value);
    return value;
  }

  recall(id: string): Value | undefined {
    return this.known.get(id);
  }

  /** Forgets what was computed before all calls were known. */
  forget(): void {
    this.known.clear();
  }
}

/** A router as it exists at run time: a router that a factory makes twice is two nodes. */
export interface RouterNode {
  readonly key: string;
  /** Of a router that is like its parent: known when that is. */
  framework: string;
  readonly role: RouterFact['role'];
  readonly fact?: RouterFact;
  readonly in: Activation;
  readonly line: number;
  readonly edges: Edge[];
  readonly prefixes: GivenPrefix[];
  versioning?: Versioning;
}

export interface Edge {
  readonly parent: RouterNode;
  /** Alternatives. */
  readonly prefix: readonly Piece[];
  readonly replacesPrefix: boolean;
  readonly file: string;
  readonly line: number;
}

export interface GivenPrefix {
  readonly prefix: readonly Piece[];
  readonly except: readonly { readonly path: string; readonly method?: string }[];
  readonly file: string;
  readonly line: number;
}

export interface Versioning {
  readonly prefix: string;
  readonly fallback: readonly Piece[];
}

/** A part of a path with how sure it is. */
export interface Piece {
  readonly text: string;
  readonly confidence: Confidence;
}

export const unknownValue = (source: string): Value => ({ kind: 'unknown', source });

/** An id as the source has it. */
export const plain = (id: string): string => id.replace(/^global:/, '').replace(/@\d+$/, '');

export const NOTHING: Piece = { text: '', confidence: 'high' };

const RANK: Readonly<Record<Confidence, number>> = { high: 2, medium: 1, low: 0 };

/** The less sure of two. */
export const weaker = (a: Confidence, b: Confidence): Confidence => (RANK[a] <= RANK[b] ? a : b);
export const isSurer = (a: Confidence, b: Confidence): boolean => RANK[a] > RANK[b];

/** Tells two values apart, for telling two calls apart. */
export function keyOf(value: Value, depth = 0): string {
  if (depth > 4) return value.kind;
  const key = KEYS[value.kind] as (value: Value, depth: number) => string;
  return `${value.kind}:${key(value, depth + 1)}`;
}

const KEYS: { readonly [Kind in Value['kind']]: (value: Value & { kind: Kind }, depth: number) => string } = {
  text: ({ text }) => text,
  list: ({ items }, depth) => items.map((item) => keyOf(item, depth)).join(),
  record: ({ entries, in: at }) => `${at.key}#${numberOf(entries)}`,
  function: ({ scope, in: at }) => `${at.key}/${scope}`,
  class: ({ id, in: at }) => `${at.key}/${id}`,
  object: ({ id, in: at }) => `${at.key}/${id}`,
  router: ({ router }) => router.key,
  method: ({ router }) => router.key,
  module: ({ files }) => files.join(),
  external: ({ from, name }) => `${from}:${name}`,
  inline: ({ of }, depth) => keyOf(of, depth),
  unknown: ({ source }) => source,
};

const numbers = new WeakMap<object, number>();
let next = 0;

/** Two records are the same when the same place in the source makes them. */
function numberOf(entries: object): number {
  const known = numbers.get(entries) ?? (next += 1);
  numbers.set(entries, known);
  return known;
}
