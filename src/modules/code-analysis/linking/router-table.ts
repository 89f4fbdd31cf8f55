import type { Evaluator } from './evaluator.js';
import type { MountFact, RouterFact } from './facts.js';
import { prefixOf } from './pieces.js';
import type { Activation, RouterNode } from './values.js';

/** The routers of a project, each as it exists at run time, and what is mounted where. */
export class RouterTable {
  private readonly nodes = new Map<string, RouterNode>();

  constructor(private readonly owner: { readonly evaluator: Evaluator }) {}

  all(): Iterable<RouterNode> {
    return this.nodes.values();
  }

  /** Looks once more for parents that were not known when the router was made. */
  complete(): void {
    for (const node of this.nodes.values())
      if (node.fact?.parent && !node.edges.length) this.mountOnParent(node, node.fact);
  }

  /** The router that this fact makes in the run that reaches it. */
  node(fact: RouterFact, at: Activation): RouterNode {
    const run = at.runOf(fact.scope);
    const key = `${run.key}#${fact.id}`;
    const known = this.nodes.get(key);
    if (known) return known;
    const { framework, role, line } = fact;
    const node: RouterNode = { key, framework, role, fact, in: run, line, edges: [], prefixes: [] };
    this.nodes.set(key, node);
    if (fact.parent) this.mountOnParent(node, fact);
    return node;
  }

  private mountOnParent(node: RouterNode, fact: RouterFact): void {
    if (!fact.parent) return;
    const { evaluator } = this.owner;
    const parent = evaluator.deref(evaluator.value(fact.parent, node.in));
    if (parent.kind !== 'router' || parent.router === node) return;
    if (fact.likeParent) node.framework = parent.router.framework;
    if (parent.router.framework !== node.framework) return;
    node.edges.push({
      parent: parent.router,
      prefix: [],
      replacesPrefix: false,
      file: node.in.file.path,
      line: fact.line,
    });
  }

  /** What a plugin gets as its application: a router of its own below the parent. */
  context(parent: RouterNode, mount: MountFact, run: Activation, child: string): RouterNode {
    const key = `${run.key}#plugin:${mount.line}:${child}@${parent.key}`.slice(0, 4000);
    const known = this.nodes.get(key);
    if (known) return known;
    const node: RouterNode = {
      key,
      framework: parent.framework,
      role: 'part',
      in: run,
      line: mount.line,
      edges: [],
      prefixes: [],
    };
    this.nodes.set(key, node);
    return node;
  }

  connect(parent: RouterNode, child: RouterNode, mount: MountFact, run: Activation, inline: boolean): void {
    const { evaluator } = this.owner;
    const prefix = mount.prefix && !inline ? prefixOf(evaluator, evaluator.value(mount.prefix, run)) : [];
    const edge = {
      parent,
      prefix,
      replacesPrefix: mount.replacesPrefix === true,
      file: run.file.path,
      line: mount.line,
    };
    const same = child.edges.some(
      (one) =>
        one.parent === parent && one.line === edge.line && one.file === edge.file && sameText(one.prefix, prefix),
    );
    if (!same && parent !== child) child.edges.push(edge);
  }
}

const sameText = (a: readonly { text: string }[], b: readonly { text: string }[]): boolean =>
  a.length === b.length && a.every(({ text }, at) => text === b[at]?.text);
