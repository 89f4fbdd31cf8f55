import type { EndpointVia } from '../code-analysis.types.js';
import { joinPaths, withoutSlashes } from './paths.js';
import type { Edge, GivenPrefix, Piece, RouterNode, Versioning } from './values.js';
import { NOTHING, weaker } from './values.js';

/** One way from an application down to a router. */
export interface Chain {
  readonly parts: readonly ChainPart[];
  readonly root: RouterNode;
}

export type ChainPart =
  | {
      readonly kind: 'prefix';
      readonly pieces: readonly Piece[];
      readonly via?: Omit<EndpointVia, 'prefix'>;
      readonly given?: GivenPrefix;
    }
  | { readonly kind: 'version'; readonly versioning: Versioning };

const MAX_CHAINS = 200;

/** All ways from the roots to each router; a mount that leads back to where it came from ends there. */
export class Chains {
  private readonly known = new Map<RouterNode, Chain[]>();
  private readonly open = new Set<RouterNode>();
  private fuel = 200_000;
  /** A way ended at a cycle: what was computed below is not the whole answer for the routers on the cycle. */
  private cut = false;

  constructor(private readonly own: (node: RouterNode) => readonly Piece[]) {}

  to(node: RouterNode): Chain[] {
    const known = this.known.get(node);
    if (known) return known;
    if (this.open.has(node) || (this.fuel -= 1) < 0) {
      this.cut = true;
      return [];
    }
    const before = this.cut;
    this.cut = false;
    this.open.add(node);
    const chains = distinct(this.through(node));
    this.open.delete(node);
    if (!this.cut || this.open.size === 0) this.known.set(node, chains);
    this.cut = this.open.size > 0 && (before || this.cut);
    return chains;
  }

  private through(node: RouterNode): Chain[] {
    const { edges } = node;
    if (!edges.length) return [{ root: node, parts: partsOf(node, this.own(node), undefined) }];
    return edges.flatMap((edge) =>
      this.to(edge.parent).map(({ root, parts }) => ({
        root,
        parts: [...parts, ...partsOf(node, this.own(node), edge)],
      })),
    );
  }
}

/** Ways that differ in no part of the path are one: a module that many import. */
function distinct(chains: readonly Chain[]): Chain[] {
  const found = new Map<string, Chain>();
  for (const chain of chains) {
    const words = chain.parts.map((part) =>
      part.kind === 'version' ? '\0v' : part.pieces.map(({ text }) => text).join('\0'),
    );
    const key = `${chain.root.key}\n${words.join('\n')}`;
    if (!found.has(key) && found.size < MAX_CHAINS) found.set(key, chain);
  }
  return [...found.values()];
}

function partsOf(node: RouterNode, own: readonly Piece[], edge: Edge | undefined): ChainPart[] {
  const parts: ChainPart[] = node.prefixes.map((given) => ({
    kind: 'prefix',
    pieces: given.prefix,
    given,
    via: { file: given.file, line: given.line },
  }));
  if (edge?.prefix.length)
    parts.unshift({ kind: 'prefix', pieces: edge.prefix, via: { file: edge.file, line: edge.line } });
  if (own.length && !edge?.replacesPrefix)
    parts.push({ kind: 'prefix', pieces: own, via: { file: node.in.file.path, line: node.line } });
  if (node.versioning) parts.push({ kind: 'version', versioning: node.versioning });
  return parts;
}

export interface FullPath extends Piece {
  readonly via: readonly EndpointVia[];
}

/** The paths of a route at the end of a chain: the product of the alternatives. */
export function pathsOf(
  chain: Chain,
  route: { readonly paths: readonly Piece[]; readonly versions: readonly Piece[]; readonly method: string },
): FullPath[] {
  return route.paths.flatMap((tail) => {
    let ends: FullPath[] = [{ ...tail, via: [] }];
    for (const part of [...chain.parts].reverse())
      ends = ends.flatMap((end) => prepend(part, end, route)).slice(0, MAX_CHAINS);
    return ends;
  });
}

function prepend(
  part: ChainPart,
  end: FullPath,
  route: { readonly versions: readonly Piece[]; readonly method: string },
): FullPath[] {
  if (part.kind === 'version') return versioned(part.versioning, end, route.versions);
  if (part.given?.except.some(({ path, method }) => excepts(path, method, end.text, route.method))) return [end];
  return part.pieces.map(({ text, confidence }) => ({
    text: joinPaths([text, end.text]),
    confidence: weaker(confidence, end.confidence),
    via: part.via && text.replace(/\//g, '') !== '' ? [{ ...part.via, prefix: text }, ...end.via] : end.via,
  }));
}

function versioned({ prefix, fallback }: Versioning, end: FullPath, versions: readonly Piece[]): FullPath[] {
  const all = versions.length ? versions : fallback.length ? fallback : [NOTHING];
  return all.map(({ text, confidence }) => ({
    ...end,
    text: text === '' ? end.text : joinPaths([`${prefix}${text}`, end.text]),
    confidence: weaker(confidence, end.confidence),
  }));
}

/** `cats`, `cats/*path`, `cats/(.*)`: a path that a global prefix leaves alone. */
function excepts(pattern: string, only: string | undefined, path: string, method: string): boolean {
  if (only !== undefined && only !== 'ALL' && only !== method) return false;
  const segments = withoutSlashes(pattern).split('/');
  const actual = withoutSlashes(path).split('/');
  const wild = segments.findIndex((segment) => /^(\*.*|\{\*.*\}|\(\.\*\))$/.test(segment));
  const fixed = wild < 0 ? segments : segments.slice(0, wild);
  if (wild < 0 ? actual.length !== fixed.length : actual.length < fixed.length) return false;
  return fixed.every((segment, at) => segment === actual[at] || (segment.startsWith(':') && actual[at] !== undefined));
}
