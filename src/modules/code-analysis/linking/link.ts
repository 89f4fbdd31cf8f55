import type { Confidence, Endpoint } from '../code-analysis.types.js';
import { type Chain, Chains, pathsOf } from './chains.js';
import type { FileFacts, ParamFact, PrefixFact, RouteFact, StatedEndpoint, VersioningFact } from './facts.js';
import { basesOf } from './members.js';
import { expandMethods, normalisePath, pathParams } from './paths.js';
import { piecesOf } from './pieces.js';
import { ProjectIndex, type Resolver } from './project-index.js';
import { ProjectRun, speaks } from './project-run.js';
import { configure } from './settings.js';
import { adopt, exceptOf, servedRoots } from './roots.js';
import { type Activation, isSurer, type Piece, type RouterNode, weaker } from './values.js';

/** A route with the router it hangs on, in one run of the code. */
interface Hung {
  readonly fact: RouteFact;
  readonly at: Activation;
}

/** Facts of all files → endpoints: sorted by path, method, file; each method and path once. */
export function link(facts: readonly FileFacts[], resolverOf: (language: string) => Resolver): Endpoint[] {
  const index = new ProjectIndex(sorted(facts), resolverOf);
  const run = new ProjectRun(index);
  run.run();
  const stated = [...index.all()].flatMap(({ facts: { path, stated: all } }) =>
    all.filter(({ framework }) => framework !== OPENAPI).map((one) => statedEndpoint(one, path)),
  );
  return merged([...new Linker(run).endpoints(), ...stated]);
}

/** What specifications of the project state, whether or not its code offers it. */
export function specified(facts: readonly FileFacts[]): Endpoint[] {
  return merged(
    sorted(facts).flatMap(({ path, stated }) =>
      stated.filter(({ framework }) => framework === OPENAPI).map((one) => statedEndpoint(one, path)),
    ),
  );
}

const OPENAPI = 'openapi';

class Linker {
  private readonly byRouter = new Map<RouterNode, Hung[]>();
  private readonly byClass = new Map<string, Hung[]>();

  constructor(private readonly run: ProjectRun) {
    for (const at of run.all()) this.collect(at);
  }

  endpoints(): Endpoint[] {
    const nodes = [...this.run.routers.all()];
    adopt(this.run.index, nodes);
    configure(this.run, nodes);
    const served = servedRoots(this.run.index, nodes);
    const chains = new Chains((node) => this.ownPrefix(node));
    return nodes.flatMap((node) => {
      const routes = this.routesOf(node);
      if (!routes.length) return [];
      return chains.to(node).flatMap((chain) => {
        const confidence = served(chain.root);
        return confidence ? routes.flatMap((hung) => this.endpointsOf(hung, node, chain, confidence)) : [];
      });
    });
  }

  private collect(at: Activation): void {
    const here = ({ scope }: { readonly scope?: string }) => scope === at.scope;
    const { routers, prefixes, versionings, routes } = at.file;
    for (const router of routers.filter(here)) if (router.role !== 'parameter') this.run.routers.node(router, at);
    for (const fact of prefixes.filter(here)) this.collectPrefix(fact, at);
    for (const fact of versionings.filter(here)) this.collectVersioning(fact, at);
    for (const fact of routes.filter(here)) this.hang(fact, at);
  }

  private collectPrefix(fact: PrefixFact, at: Activation): void {
    const { evaluator } = this.run;
    for (const node of this.run.routersOf(fact.router, at))
      if (speaks(fact, node.framework))
        node.prefixes.push({
          prefix: piecesOf(evaluator, evaluator.value(fact.prefix, at)),
          except: fact.except ? exceptOf(evaluator, evaluator.value(fact.except, at)) : [],
          file: at.file.path,
          line: fact.line,
        });
  }

  private collectVersioning(fact: VersioningFact, at: Activation): void {
    const { evaluator } = this.run;
    for (const node of this.run.routersOf(fact.router, at))
      node.versioning = {
        prefix: evaluator.asText(evaluator.value(fact.prefix, at)).text,
        fallback: fact.fallback ? piecesOf(evaluator, evaluator.value(fact.fallback, at)) : [],
      };
  }

  private hang(fact: RouteFact, at: Activation): void {
    const value = this.run.evaluator.deref(this.run.evaluator.value(fact.router, at));
    for (const one of value.kind === 'list' ? value.items : [value]) {
      if (one.kind === 'router' && speaks(fact, one.router.framework)) push(this.byRouter, one.router, { fact, at });
      if (one.kind === 'class') push(this.byClass, classKey(one.in.file.path, one.id), { fact, at });
    }
  }

  /** Its own routes, and for a class those of its bases that it does not override. */
  private routesOf(node: RouterNode): Hung[] {
    const own = this.byRouter.get(node) ?? [];
    const id = node.fact?.id;
    return id === undefined ? own : [...own, ...this.inherited(id, node.in, [], 0)];
  }

  private inherited(id: string, at: Activation, overriding: readonly string[], level: number): Hung[] {
    if (level > 20) return [];
    const below = [...overriding, `${at.file.path}#${id}`];
    return basesOf(this.run.evaluator, id, at).flatMap((base) => {
      const node = this.run.index.of(base.in.file).routers.has(base.id) ? this.run.router(base.id, base.in) : undefined;
      const routes = [
        ...(this.byClass.get(classKey(base.in.file.path, base.id)) ?? []),
        ...(node ? (this.byRouter.get(node) ?? []) : []),
      ];
      const kept = routes.filter(({ fact }) => !this.overridden(fact, below));
      return [...kept, ...this.inherited(base.id, base.in, below, level + 1)];
    });
  }

  private overridden({ handler, survivesOverride }: RouteFact, classes: readonly string[]): boolean {
    return classes.some((one) => {
      const [path = '', id = ''] = one.split('#');
      if (survivesOverride)
        return this.run.index
          .file(path)
          ?.facts.routes.some(
            ({ router, handler: own }) => own === handler && router.kind === 'name' && router.name === id,
          );
      return handler !== undefined && this.run.index.file(path)?.facts.bindings[`${id}.${handler}`] !== undefined;
    });
  }

  /** Its prefix; a class without one has that of the nearest base. */
  private ownPrefix(node: RouterNode): readonly Piece[] {
    const { evaluator } = this.run;
    if (node.fact?.prefix) return piecesOf(evaluator, evaluator.value(node.fact.prefix, node.in));
    return node.fact ? this.basePrefix(node.fact.id, node.in) : [];
  }

  private basePrefix(id: string, at: Activation): readonly Piece[] {
    for (const base of basesOf(this.run.evaluator, id, at)) {
      const router = this.run.router(base.id, base.in);
      const prefix = router ? this.ownPrefix(router) : [];
      if (prefix.length) return prefix;
    }
    return [];
  }

  /** A helper that nobody calls (`get(path, handler)` of a base class): its path is the parameter itself. */
  private isUncalled({ path }: RouteFact, at: Activation): boolean {
    const value = path && this.run.evaluator.value(path, at);
    return value?.kind === 'unknown' && value.isParameter === true;
  }

  private endpointsOf({ fact, at }: Hung, node: RouterNode, chain: Chain, served: Confidence): Endpoint[] {
    const { evaluator } = this.run;
    if (this.isUncalled(fact, at)) return [];
    const pieces = (expr: RouteFact['path']) => (expr ? piecesOf(evaluator, evaluator.value(expr, at)) : undefined);
    const methods = piecesOf(evaluator, evaluator.value(fact.methods, at)).flatMap(({ text }) => expandMethods(text));
    const nodeVersion = node.fact?.version;
    const versions =
      pieces(fact.version) ?? (nodeVersion ? piecesOf(evaluator, evaluator.value(nodeVersion, node.in)) : []);
    const paths = pieces(fact.path) ?? [{ text: '', confidence: 'high' as const }];
    const routes =
      node.framework === 'nethttp' ? paths.flatMap((path) => withVerb(path, methods)) : product(methods, paths);
    return routes.flatMap(({ method, paths: some }) =>
      pathsOf(chain, { paths: some, versions, method }).map(({ text, confidence, via }) => {
        const path = normalisePath(text, node.framework);
        return {
          method,
          path,
          params: paramsOf(path, fact.params ?? []),
          file: at.file.path,
          line: fact.line,
          framework: node.framework,
          confidence: [confidence, fact.confidence ?? 'high', served].reduce(weaker),
          via,
        };
      }),
    );
  }
}

const product = (methods: readonly string[], paths: readonly Piece[]) => methods.map((method) => ({ method, paths }));

/** A pattern of Go's mux may begin with the method: `GET /users`. */
function withVerb(path: Piece, methods: readonly string[]): { method: string; paths: readonly Piece[] }[] {
  const [, verb, rest] = /^([A-Z]+)\s+(\S.*)$/.exec(path.text) ?? [];
  if (verb === undefined || rest === undefined) return product(methods, [path]);
  return product(expandMethods(verb), [{ ...path, text: rest }]);
}

const classKey = (path: string, id: string) => `${path}#${id}`;

function push<Key>(map: Map<Key, Hung[]>, key: Key, hung: Hung): void {
  const list = map.get(key);
  if (list) list.push(hung);
  else map.set(key, [hung]);
}

/** Parameters of the path first, with what the code says of them; then the others. */
function paramsOf(path: string, told: readonly ParamFact[]): ParamFact[] {
  const names = pathParams(path);
  const inPath = names.map((name): ParamFact => ({
    ...told.find((param) => param.in === 'path' && param.name === name),
    name,
    in: 'path',
    required: true,
  }));
  // A fact for both places (FastAPI: a plain argument) is of the path when the path has its name.
  const isInPath = ({ name }: ParamFact) =>
    names.includes(name) && told.some((other) => other.in === 'path' && other.name === name);
  return [...inPath, ...told.filter((param) => param.in !== 'path' && !isInPath(param))];
}

const statedEndpoint = (one: StatedEndpoint, file: string): Endpoint => ({
  method: one.method,
  path: one.path,
  params: one.params,
  file,
  line: one.line,
  framework: one.framework,
  confidence: 'high',
  via: [],
});

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const sorted = (facts: readonly FileFacts[]) => [...facts].sort((a, b) => compare(a.path, b.path));

/** Each method and path once, from the surest; sorted. */
export function merged(all: readonly Endpoint[]): Endpoint[] {
  const unique = new Map<string, Endpoint>();
  for (const one of all) {
    const key = `${one.path}\0${one.method}`;
    const known = unique.get(key);
    if (!known || isSurer(one.confidence, known.confidence)) unique.set(key, one);
  }
  return [...unique.values()].sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
}
