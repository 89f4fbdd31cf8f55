import type { Confidence, EndpointParam } from '../code-analysis.types.js';

/**
 * Facts of one file: what it says about routes, without looking at any other file. Language-neutral, JSON-serialisable (they
 * cross threads and are cached by content hash), and literal: nothing is resolved here. The linker alone resolves.
 *
 * How the parts work together:
 * - A **binding** is a name of the file with what is assigned to it. Its id is unique in the file: the plain name at the top
 *   level (`router`), anything unique below (`setup/router`; members of classes, enums and objects: `Paths.USERS`). The front end
 *   has done the lexical scoping, so an {@link Expr} refers to ids, never to ambiguous names.
 * - A **scope** is a function body or a loop body. A fact inside it holds once for each call of the function (with the
 *   arguments of that call) and for each element of the loop. Facts without a scope hold once.
 * - A **router** is a binding that routes hang on. Routes and mounts name it by an expression, so `registerRoutes(app)`, factories,
 *   class fields and routers of other files are all the same to the framework: write `{ kind: 'name', name }` and be done.
 */
export interface FileFacts {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly language: Language;
  /** Files of one unit see each other's top-level bindings: a Go package, a Java package. Absent: the file is its own unit. */
  readonly unit?: string;
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
  /** Modules that expressions name (`require('./x')`, `import('./x')`), as written. */
  readonly requires?: readonly string[];
  /** Every binding whose value may matter: constants, enums and objects, functions, what calls return, fields of classes. */
  readonly bindings: Readonly<Record<string, Expr>>;
  readonly scopes: readonly ScopeFact[];
  readonly classes: readonly ClassFact[];
  readonly routers: readonly RouterFact[];
  readonly mounts: readonly MountFact[];
  readonly prefixes: readonly PrefixFact[];
  readonly versionings: readonly VersioningFact[];
  readonly routes: readonly RouteFact[];
  readonly calls: readonly CallFact[];
  /** Prefixes that configuration files give to the applications of a folder. */
  readonly settings?: readonly SettingFact[];
  /** Endpoints that a document states, complete with their path: OpenAPI, Postman, GraphQL SDL, proto files. */
  readonly stated: readonly StatedEndpoint[];
}

export type Language = 'javascript' | 'python' | 'java' | 'go' | 'document' | (string & {});

/** What the linker can evaluate. Depth is capped by the front end; what is deeper or not understood is `unknown`. */
export type Expr =
  | { readonly kind: 'text'; readonly text: string }
  /** A binding id of this file, or a name that no binding of it explains (unit, global). */
  | { readonly kind: 'name'; readonly name: string }
  /** `of.key`, `of[key]`: a member of an object, enum, class, namespace import, or of what a call returns. */
  | { readonly kind: 'member'; readonly of: Expr; readonly key: string | Expr }
  /** Parts put together without a separator: `a + '/b'`, template strings, f-strings. */
  | { readonly kind: 'join'; readonly parts: readonly Expr[] }
  | { readonly kind: 'list'; readonly items: readonly Expr[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [key: string, value: Expr])[] }
  /** `...x` inside a list, or (with the key `...`) inside a record. */
  | { readonly kind: 'spread'; readonly of: Expr }
  | {
      readonly kind: 'call';
      readonly callee: Expr;
      readonly args: readonly Expr[];
      /** Arguments given by the name of the parameter; fields of a composite literal. */
      readonly named?: readonly (readonly [name: string, value: Expr])[];
      readonly isNew?: boolean;
    }
  | { readonly kind: 'function'; readonly scope: string }
  /** The first that resolves: `a ?? b`, `process.env.X || '/api'`, both arms of a condition, several assignments. */
  | { readonly kind: 'choice'; readonly options: readonly Expr[] }
  /** The module that a specifier names, as `require('./x')` gives it. */
  | { readonly kind: 'module'; readonly from: string }
  /** A plugin that shares its parent's scope, so that a prefix given to it is ignored (fastify-plugin). */
  | { readonly kind: 'inline'; readonly of: Expr }
  /** Stays visible in the path as its source text, and lowers the confidence. */
  | { readonly kind: 'unknown'; readonly source: string };

export interface ImportFact {
  /** The binding id it makes here. */
  readonly local: string;
  /** As written: `./users`, `@app/users`, `..routers`, `com.acme.Paths`, `example.com/shop/internal/users`. */
  readonly from: string;
  /** The exported name; `*` the namespace (a module, a Go package); `default` the default export. */
  readonly name: string;
}

/** Languages without export statements export every top-level binding; they leave the list empty. */
export interface ExportFact {
  /** The name others see; `default`; `=` for `module.exports = x`; `*` for all of `from`. */
  readonly name: string;
  /** What it is here. */
  readonly value?: Expr;
  /** The module it is passed on from, with the name it has there (`*` the namespace). */
  readonly from?: string;
  readonly imported?: string;
}

export interface ScopeFact {
  readonly id: string;
  /** The enclosing scope; absent at the top level. */
  readonly parent?: string;
  /** Binding ids of the parameters in order. A destructured one is bound by `bindings` to a member of the parameter. */
  readonly params: readonly string[];
  /** What the function returns: each return statement. */
  readonly returns?: readonly Expr[];
  /** A loop runs with its parent: the first parameter is each value (or key, or [key, value]) of `over` in turn. */
  readonly loop?: { readonly over: Expr; readonly each: 'values' | 'keys' | 'entries' };
  /** The class whose method it is, for `this`. */
  readonly ofClass?: string;
}

export interface ClassFact {
  /** Its binding id. Fields and methods are bindings `Class.member`. */
  readonly id: string;
  readonly bases: readonly Expr[];
  /** The scope of its constructor. */
  readonly constructorScope?: string;
  /** It has no constructor of its own: arguments go to the base class. */
  readonly inheritsConstructor?: boolean;
  readonly abstract?: boolean;
}

/** Where a fact stands and whose it is. */
interface Placed {
  /** The scope it is in; absent at the top level. */
  readonly scope?: string;
  readonly line: number;
  /**
   * Whose rule made it. A fact counts only if its receiver turns out to be a router of this framework (or of one of these):
   * that is how a look-alike (`cache.get('/x', f)`) is left out although its receiver is only known after linking.
   */
  readonly framework: string | readonly string[];
}

export interface RouterFact extends Placed {
  readonly framework: string;
  /** Its binding id: a variable, a field (`Server.app`), a class with mappings, a parameter. */
  readonly id: string;
  /**
   * `app`: serves by itself (an application, a class that the framework finds by scanning). `part`: serves only where it is mounted.
   * `base`: serves only through the classes that extend it. `parameter`: the type of a parameter says what it is; when a call binds it, the router given there takes its place.
   */
  readonly role: 'app' | 'part' | 'base' | 'parameter';
  /** Its own prefix; a list gives alternatives. */
  readonly prefix?: Expr;
  /** The router it was made from: `v1 := r.Group("/v1")`. It is mounted there under its own prefix. */
  readonly parent?: Expr;
  /** It is of the framework of its parent: `x.Group('/v1')` where nothing in the file says what `x` is. */
  readonly likeParent?: boolean;
  /** Versions of all its routes, where the application puts them into the path; a list gives alternatives, `''` none. */
  readonly version?: Expr;
  /** Parts that code mounts in a way that is not understood belong to it, when it is the only application (dependency injection). */
  readonly adopts?: boolean;
}

/** The routes of `child` are served below `parent`, under `prefix`. */
export interface MountFact extends Placed {
  readonly parent: Expr;
  /** A router, a list of them, or a function (a plugin, a registrar): then its parameter number `bind` (default 0) is a new child router. */
  readonly child: Expr;
  /** A list gives alternatives. */
  readonly prefix?: Expr;
  readonly bind?: number;
  /** A function is no plugin here but a handler (Express): only routers are mounted. */
  readonly routersOnly?: boolean;
  /** Instead of `child`: each file below this folder (relative to the file) exports a plugin, mounted under the name of its sub-folder. */
  readonly folder?: string;
  /** The prefix takes the place of the child's own (FastAPI adds, Flask's `url_prefix` of register_blueprint replaces). */
  readonly replacesPrefix?: boolean;
}

/** A prefix given to a router after it was made: `setGlobalPrefix`, `router.prefix('/x')`, RouterModule. */
export interface PrefixFact extends Placed {
  readonly router: Expr;
  readonly prefix: Expr;
  /** Routes that it leaves alone: paths, or records `{ path, method }`. */
  readonly except?: Expr;
}

/** `server.servlet.context-path: /api`: stands before all routes of the framework's applications below a folder. */
export interface SettingFact {
  readonly framework: string;
  /** With a trailing slash; '' for all of the project. The innermost folder counts. */
  readonly folder: string;
  readonly prefix: Expr;
  readonly line: number;
}

/** The application puts versions of routers and routes into the path, behind its own prefix. */
export interface VersioningFact extends Placed {
  readonly router: Expr;
  /** What stands before the version, usually `v`. */
  readonly prefix: Expr;
  /** Version of routes that have none. */
  readonly fallback?: Expr;
}

export interface RouteFact extends Placed {
  readonly router: Expr;
  /** `GET`, or a list; any case; `ALL` stands for every method (see `expandMethods`). */
  readonly methods: Expr;
  /** A list gives alternatives; absent: the router's own path. */
  readonly path?: Expr;
  readonly params?: readonly ParamFact[];
  /** Name of the handler where it has one. */
  readonly handler?: string;
  /** A method that overrides the handler keeps its route unless it has one of its own (annotations of Spring and JAX-RS). */
  readonly survivesOverride?: boolean;
  readonly version?: Expr;
  /** Defaults to `high`; `medium` and `low` for rules that may be wrong, with the reason in the framework's head comment. */
  readonly confidence?: Confidence;
}

/** A call that may hand a router or a path to a function: `registerRoutes(app)`, `users.Register(v1)`, `new Server(app)`. */
export interface CallFact {
  readonly scope?: string;
  readonly line: number;
  readonly callee: Expr;
  readonly args: readonly Expr[];
  readonly named?: readonly (readonly [name: string, value: Expr])[];
  readonly isNew?: boolean;
}

export interface StatedEndpoint {
  readonly method: string;
  readonly path: string;
  readonly params: readonly ParamFact[];
  readonly line: number;
  /** `openapi`, `postman`, `graphql`, `grpc` … */
  readonly framework: string;
}

/** `path` parameters are added by the linker from the path; a fact that names one adds its type. */
export type ParamFact = EndpointParam;
