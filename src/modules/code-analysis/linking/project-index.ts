import type { CallFact, ClassFact, FileFacts, MountFact, RouterFact, ScopeFact } from './facts.js';
import type { Activation } from './values.js';
import { Activation as Run } from './values.js';

/** Which files an import names; see `ModuleResolver` of the front ends. */
export interface Resolver {
  resolve(specifier: string, from: string): readonly string[];
}

/** Facts of one file, by id and by scope. */
export interface FileIndex {
  readonly facts: FileFacts;
  readonly top: Activation;
  readonly scopes: ReadonlyMap<string, ScopeFact>;
  readonly loopsIn: ReadonlyMap<string | undefined, readonly ScopeFact[]>;
  /** Calls and mounts by the scope they are in. */
  readonly callsIn: ReadonlyMap<string | undefined, readonly CallFact[]>;
  readonly mountsIn: ReadonlyMap<string | undefined, readonly MountFact[]>;
  /** Scopes that hold a fact, or hold one that does. */
  readonly busy: ReadonlySet<string>;
  readonly routers: ReadonlyMap<string, RouterFact>;
  readonly classes: ReadonlyMap<string, ClassFact>;
  /** Ids of all parameters. */
  readonly params: ReadonlySet<string>;
  readonly imports: ReadonlyMap<string, { readonly from: string; readonly name: string }>;
}

export class ProjectIndex {
  private readonly files = new Map<string, FileIndex>();
  private readonly units = new Map<string, FileIndex[]>();

  constructor(
    facts: readonly FileFacts[],
    private readonly resolverOf: (language: string) => Resolver,
  ) {
    for (const one of facts) {
      const file = indexed(one);
      this.files.set(one.path, file);
      if (one.unit !== undefined) this.units.set(one.unit, [...(this.units.get(one.unit) ?? []), file]);
    }
  }

  all(): Iterable<FileIndex> {
    return this.files.values();
  }

  file(path: string): FileIndex | undefined {
    return this.files.get(path);
  }

  /** The index of a file that is known to be there. */
  of(facts: FileFacts): FileIndex {
    const file = this.files.get(facts.path);
    if (!file) throw new Error(`no facts of ${facts.path}`);
    return file;
  }

  /** Other files that see the top level of this one. */
  siblings(facts: FileFacts): readonly FileIndex[] {
    return facts.unit === undefined ? [] : (this.units.get(facts.unit) ?? []).filter((file) => file.facts !== facts);
  }

  resolve(specifier: string, from: FileFacts): readonly string[] {
    return this.resolverOf(from.language).resolve(specifier, from.path);
  }
}

function indexed(facts: FileFacts): FileIndex {
  // What crossed a thread has a prototype again, and then knows a binding called `constructor`.
  Object.setPrototypeOf(facts.bindings, null);
  const scopes = new Map(facts.scopes.map((scope) => [scope.id, scope]));
  return {
    facts,
    top: new Run(facts, facts.path),
    scopes,
    loopsIn: grouped(
      facts.scopes.filter(({ loop }) => loop),
      ({ parent }) => parent,
    ),
    callsIn: grouped(facts.calls, ({ scope }) => scope),
    mountsIn: grouped(facts.mounts, ({ scope }) => scope),
    busy: busyScopes(facts, scopes),
    routers: new Map(facts.routers.map((router) => [router.id, router])),
    classes: new Map(facts.classes.map((one) => [one.id, one])),
    params: new Set(facts.scopes.flatMap(({ params }) => params)),
    imports: new Map(facts.imports.map(({ local, from, name }) => [local, { from, name }])),
  };
}

function grouped<Item>(
  items: readonly Item[],
  by: (item: Item) => string | undefined,
): Map<string | undefined, Item[]> {
  const groups = new Map<string | undefined, Item[]>();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group) group.push(item);
    else groups.set(by(item), [item]);
  }
  return groups;
}

function busyScopes(facts: FileFacts, scopes: ReadonlyMap<string, ScopeFact>): Set<string> {
  const busy = new Set<string>();
  const { routes, routers, mounts, calls, prefixes, versionings } = facts;
  for (const { scope } of [...routes, ...routers, ...mounts, ...calls, ...prefixes, ...versionings])
    for (let at = scope; at !== undefined && !busy.has(at); at = scopes.get(at)?.parent) busy.add(at);
  return busy;
}
