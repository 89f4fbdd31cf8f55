import type {
  CallFact,
  ClassFact,
  ExportFact,
  Expr,
  FileFacts,
  ImportFact,
  Language,
  MountFact,
  PrefixFact,
  RouteFact,
  RouterFact,
  ScopeFact,
  SettingFact,
  StatedEndpoint,
  VersioningFact,
} from './facts.js';

/** Collects the facts of one file. A front end fills the first half, frameworks the second. */
export class Facts implements FileFacts {
  readonly imports: ImportFact[] = [];
  readonly exports: ExportFact[] = [];
  readonly requires: string[] = [];
  /** Without a prototype: a binding may be called `constructor`. */
  readonly bindings: Record<string, Expr> = Object.create(null) as Record<string, Expr>;
  readonly scopes: ScopeFact[] = [];
  readonly classes: ClassFact[] = [];
  readonly calls: CallFact[] = [];
  readonly routers: RouterFact[] = [];
  readonly mounts: MountFact[] = [];
  readonly prefixes: PrefixFact[] = [];
  readonly versionings: VersioningFact[] = [];
  readonly routes: RouteFact[] = [];
  readonly settings: SettingFact[] = [];
  readonly stated: StatedEndpoint[] = [];

  constructor(
    readonly path: string,
    readonly language: Language,
    public unit?: string,
  ) {}

  /** A second assignment makes a choice of both. */
  bind(id: string, value: Expr): void {
    const before = this.bindings[id];
    this.bindings[id] = before ? { kind: 'choice', options: [before, value] } : value;
  }
}

export const text = (value: string): Expr => ({ kind: 'text', text: value });
export const name = (id: string): Expr => ({ kind: 'name', name: id });
export const list = (items: readonly Expr[]): Expr => ({ kind: 'list', items });
export const member = (of: Expr, key: string | Expr): Expr => ({ kind: 'member', of, key });
export const unknown = (source: string): Expr => ({ kind: 'unknown', source: source.slice(0, 120) });
