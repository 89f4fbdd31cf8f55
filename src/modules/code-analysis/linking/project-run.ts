import { Evaluator, type Runtime } from './evaluator.js';
import type { CallFact, Expr, FileFacts, MountFact, ScopeFact } from './facts.js';
import { basesOf } from './members.js';
import type { FileIndex, ProjectIndex } from './project-index.js';
import { pluginsIn } from './plugin-folder.js';
import { RouterTable } from './router-table.js';
import {
  Activation,
  type Call,
  type FunctionValue,
  type Given,
  keyOf,
  type ObjectValue,
  plain,
  type RouterNode,
  type Value,
} from './values.js';

/** Calls and loop turns that are followed in one project; beyond it the rest is linked without them. */
const MAX_RUNS = 20_000;
/** Different calls of one function that are followed. */
const MAX_RUNS_OF_SCOPE = 500;
const MAX_NESTING = 24;

/**
 * Runs what the facts say, as far as routes need it: each file's top level once, functions once for each different call, loops once for
 * each element. Nothing of the project's code is run. Functions that nobody calls are run last, with parameters unknown, since a
 * framework (or code that is not understood) may call them.
 */
export class ProjectRun implements Runtime {
  readonly evaluator = new Evaluator(this);
  readonly routers: RouterTable;
  private readonly runs = new Map<string, Activation>();
  private readonly queue: Activation[] = [];
  private readonly started = new Set<string>();
  private readonly given = new Map<string, Value>();
  /** How often a function has called itself to come to this run. */
  private readonly levels = new Map<Activation, number>();
  private readonly runsOf = new Map<string, Activation[]>();

  constructor(readonly index: ProjectIndex) {
    this.routers = new RouterTable(this);
  }

  run(): void {
    for (const { top } of this.index.all()) this.enqueue(top);
    this.drain();
    for (const file of this.index.all()) this.runUncalled(file);
    // What was evaluated before the last call was known may have missed an argument.
    for (const { top } of this.index.all()) top.forget();
    for (const run of this.runs.values()) run.forget();
    this.routers.complete();
  }

  /** All runs of all scopes, in the order they were found. */
  *all(): Iterable<Activation> {
    for (const { top } of this.index.all()) yield top;
    yield* this.runs.values();
  }

  router(id: string, at: Activation): RouterNode | undefined {
    const fact = this.index.of(at.file).routers.get(id);
    return fact && this.routers.node(fact, at);
  }

  anyArgument(file: string, param: string): Value | undefined {
    return this.given.get(`${file}\0${param}`);
  }

  call(callee: FunctionValue, args: Given): Activation | undefined {
    const scope = this.index.of(callee.in.file).scopes.get(callee.scope);
    return scope && this.start(scope, callee.in, args, callee.self);
  }

  construct(id: string, closure: Activation, args: Given, derived?: ObjectValue): ObjectValue {
    const file = this.index.of(closure.file);
    const scope = file.scopes.get(file.classes.get(id)?.constructorScope ?? '');
    const run = scope && this.start(scope, closure, args, derived);
    if (!run) return { kind: 'object', id, in: closure };
    if (!run.superRun) this.constructBase(run, id, args);
    return derived ? { kind: 'object', id, in: run } : (run.selfObject ?? { kind: 'object', id, in: run });
  }

  /** At once, since fields of the base are asked for before the constructor's turn comes. `this` of the base is the object itself. */
  private constructBase(run: Activation, id: string, args: Given): void {
    const given = this.givenToBase(run, id, args);
    const [base] = basesOf(this.evaluator, id, run.parent ?? run);
    if (!given || !base || base.in === run) return;
    run.superRun = this.construct(base.id, base.in, given, run.selfObject);
  }

  /** What goes to the base's constructor: the arguments of `super`, or all of a class without a constructor. */
  private givenToBase(run: Activation, id: string, args: Given): Given | undefined {
    const file = this.index.of(run.file);
    if (file.classes.get(id)?.inheritsConstructor) return args;
    const call = file.callsIn.get(run.scope)?.find(isSuper);
    return call && this.evaluator.given(call, run);
  }

  private start(scope: ScopeFact, closure: Activation, args: Given, self?: ObjectValue): Activation | undefined {
    const env = envOf(scope, args);
    const key = `${closure.key}/${scope.id}(${[...env.values()].map((value) => keyOf(value)).join(';')})${self ? keyOf(self) : ''}`;
    const known = this.runs.get(key);
    if (known) return known;
    const place = `${closure.file.path}\0${scope.id}`;
    const others = this.runsOf.get(place) ?? [];
    if (this.isFull(others.length) || key.length > 20_000 || closure.depth() > MAX_NESTING) return undefined;
    const call: Call = { scope: scope.id, closure, env, ...(self ? { self } : {}) };
    // A number instead of the key itself: keys hold those of their arguments, and would grow with each level.
    const run = this.newRun(closure.file, call, `run${this.runs.size}`, scope.ofClass);
    this.runs.set(key, run);
    others.push(run);
    this.runsOf.set(place, others);
    this.enqueue(run);
    this.remember(closure.file.path, env);
    return run;
  }

  private remember(path: string, env: ReadonlyMap<string, Value>): void {
    for (const [param, value] of env)
      // A text of one call says nothing of another.
      if (value.kind !== 'unknown' && value.kind !== 'text') this.given.set(`${path}\0${param}`, value);
  }

  private isFull(runsOfScope: number): boolean {
    return this.runs.size >= MAX_RUNS || runsOfScope >= MAX_RUNS_OF_SCOPE;
  }

  private newRun(file: FileFacts, call: Call, key: string, ofClass: string | undefined): Activation {
    if (call.self || call.scope !== `${ofClass}:new`) return new Activation(file, key, call);
    // `this` of a constructor is the object whose fields its run holds.
    const self: ObjectValue = {
      kind: 'object',
      id: ofClass ?? '',
      get in(): Activation {
        return run;
      },
    };
    const run: Activation = new Activation(file, key, { ...call, self });
    return run;
  }

  private enqueue(run: Activation): void {
    this.started.add(`${run.file.path}\0${run.scope ?? ''}`);
    this.queue.push(run);
  }

  private drain(): void {
    for (let run = this.queue.shift(); run; run = this.queue.shift()) this.execute(run);
  }

  private execute(run: Activation): void {
    const { file, scope } = run;
    if (scope !== undefined && !this.isBusy(file.path, scope)) return;
    const { callsIn, mountsIn, loopsIn } = this.index.of(file);
    for (const call of callsIn.get(scope) ?? []) this.executeCall(call, run);
    for (const mount of mountsIn.get(scope) ?? []) this.executeMount(mount, run);
    for (const loop of loopsIn.get(scope) ?? []) this.executeLoop(loop, run);
  }

  private executeCall(call: CallFact, run: Activation): void {
    const values = (): Given => this.evaluator.given(call, run);
    const value = this.evaluator.deref(this.evaluator.value(call.callee, run));
    if (value.kind === 'function' && this.isBusy(value.in.file.path, value.scope)) this.callAgain(value, values, run);
    else if (value.kind === 'class') this.construct(value.id, value.in, values());
  }

  /** A call, unless it is one of a function to itself that goes too deep. */
  private callAgain(callee: FunctionValue, args: () => Given, run: Activation): void {
    const around = run.runOf(callee.scope);
    const isOwn = around.scope === callee.scope && around.file === callee.in.file;
    const level = isOwn ? (this.levels.get(around) ?? 0) + 1 : 0;
    const called = level > MAX_NESTING ? undefined : this.call(callee, args());
    if (called && level > 0 && !this.levels.has(called)) this.levels.set(called, level);
  }

  private executeMount(mount: MountFact, run: Activation): void {
    const parents = this.routersOf(mount.parent, run).filter(({ framework }) => speaks(mount, framework));
    for (const parent of parents) {
      if (mount.folder !== undefined) this.mountFolder(mount.folder, parent, mount, run);
      else this.mount(this.evaluator.value(mount.child, run), parent, mount, run, false);
    }
  }

  private mount(child: Value, parent: RouterNode, mount: MountFact, run: Activation, inline: boolean): void {
    const value = this.evaluator.deref(child);
    switch (value.kind) {
      case 'router':
        this.routers.connect(parent, value.router, mount, run, inline);
        break;
      case 'list':
        for (const item of value.items) this.mount(item, parent, mount, run, inline);
        break;
      case 'inline':
        this.mount(value.of, parent, mount, run, true);
        break;
      case 'record':
        this.mount(this.evaluator.member(value, 'module'), parent, mount, run, inline);
        break;
      case 'function': {
        if (mount.routersOnly) return;
        const context = this.routers.context(parent, mount, run, keyOf(value));
        this.routers.connect(parent, context, mount, run, inline);
        const args = Array.from({ length: (mount.bind ?? 0) + 1 }, (): Value => ({ kind: 'unknown', source: '' }));
        args[mount.bind ?? 0] = { kind: 'router', router: context };
        this.call(value, { inOrder: args });
      }
    }
  }

  /** Each file of a folder is a plugin; the names of sub-folders are its prefix. With an index file the others are parts of it. */
  private mountFolder(folder: string, parent: RouterNode, mount: MountFact, run: Activation): void {
    const paths = [...this.index.all()].map(({ facts }) => facts.path);
    for (const { path, prefix } of pluginsIn(paths, run.file.path, folder)) {
      const below: MountFact = {
        ...mount,
        prefix: { kind: 'join', parts: [...(mount.prefix ? [mount.prefix] : []), { kind: 'text', text: prefix }] },
      };
      this.mount({ kind: 'module', files: [path] }, parent, below, run, false);
    }
  }

  private executeLoop(scope: ScopeFact, run: Activation): void {
    if (!scope.loop) return;
    const items = this.elements(scope.loop.over, scope.loop.each, run);
    for (const item of items ?? []) this.start(scope, run, { inOrder: [item] });
  }

  /** What a loop goes over; undefined when it is not known. */
  private elements(over: Expr, each: 'values' | 'keys' | 'entries', run: Activation): readonly Value[] | undefined {
    const value = this.evaluator.deref(this.evaluator.value(over, run));
    if (value.kind === 'list') {
      const items = value.items.slice(0, 500);
      return each === 'entries' ? items.map((item, at) => pair(String(at), item)) : items;
    }
    if (value.kind !== 'record') return undefined;
    return value.entries
      .filter(([key]) => key !== '...')
      .map(([key, expr]): Value => {
        if (each === 'keys') return { kind: 'text', text: key, confidence: 'high' };
        const of = this.evaluator.value(expr, value.in);
        return each === 'values' ? of : pair(key, of);
      });
  }

  /** Routers that an expression means. */
  routersOf(expr: Expr, run: Activation): RouterNode[] {
    const value = this.evaluator.deref(this.evaluator.value(expr, run));
    const values = value.kind === 'list' ? value.items : [value];
    return values.flatMap((one) => (one.kind === 'router' ? [one.router] : []));
  }

  /** Enclosing scopes first, so that a closure finds the run it was made in. */
  private runUncalled({ facts, scopes, top }: FileIndex): void {
    const depthOf = (scope: ScopeFact): number => {
      let depth = 0;
      for (let at = scope.parent; at !== undefined && depth < 100; at = scopes.get(at)?.parent) depth += 1;
      return depth;
    };
    const ordered = facts.scopes.map((scope) => ({ scope, depth: depthOf(scope) })).sort((a, b) => a.depth - b.depth);
    for (const { scope } of ordered) {
      if (this.started.has(`${facts.path}\0${scope.id}`) || !this.isBusy(facts.path, scope.id)) continue;
      for (const closure of this.closuresOf(scope, top)) this.start(scope, closure, { inOrder: [] });
      this.drain();
    }
  }

  private closuresOf(scope: ScopeFact, top: Activation): readonly Activation[] {
    const isMethod = scope.ofClass !== undefined && scope.id !== `${scope.ofClass}:new`;
    const around = isMethod ? `${scope.ofClass}:new` : scope.parent;
    if (around === undefined) return [top];
    const found = this.runsOf.get(`${top.file.path}\0${around}`) ?? [];
    return found.length ? found : isMethod ? [this.construct(scope.ofClass ?? '', top, { inOrder: [] }).in] : [top];
  }

  private isBusy(path: string, scope: string): boolean {
    return this.index.file(path)?.busy.has(scope) ?? false;
  }
}

const pair = (key: string, value: Value): Value => ({
  kind: 'list',
  items: [{ kind: 'text', text: key, confidence: 'high' }, value],
});
const isSuper = ({ callee }: CallFact): boolean => callee.kind === 'name' && callee.name === 'super';

const envOf = ({ params }: ScopeFact, { inOrder, byName }: Given): Map<string, Value> =>
  new Map(params.flatMap((param, at) => entryOf(param, inOrder[at] ?? byName?.get(plain(param)))));

const entryOf = (param: string, value: Value | undefined): [string, Value][] =>
  value && !(value.kind === 'unknown' && value.source === '') ? [[param, value]] : [];

/** Whether a fact is about routers of this framework. */
export const speaks = ({ framework }: { readonly framework: string | readonly string[] }, of: string): boolean =>
  typeof framework === 'string' ? framework === of : framework.includes(of);
