/** An ESTree node (with TypeScript's and JSX's) as far as the reader looks at it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly name?: string | Node;
  readonly value?: Node | string | number | boolean | null;
  readonly operator?: string;
  readonly computed?: boolean;
  readonly static?: boolean;
  readonly abstract?: boolean;
  readonly kind?: string;
  readonly id?: Node | null;
  readonly key?: Node;
  readonly object?: Node;
  readonly property?: Node;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
  readonly expression?: Node | boolean;
  readonly expressions?: readonly Node[];
  readonly quasis?: readonly { readonly value: { readonly cooked?: string | null } }[];
  readonly left?: Node;
  readonly right?: Node;
  readonly argument?: Node | null;
  readonly test?: Node | null;
  readonly consequent?: Node | readonly Node[];
  readonly alternate?: Node | null;
  readonly elements?: readonly (Node | null)[];
  readonly properties?: readonly Node[];
  readonly params?: readonly Node[];
  readonly body?: Node | readonly Node[];
  readonly declarations?: readonly Node[];
  readonly declaration?: Node | null;
  readonly init?: Node | null;
  readonly source?: Node | null;
  readonly specifiers?: readonly Node[];
  readonly local?: Node;
  readonly imported?: Node;
  readonly exported?: Node | null;
  readonly superClass?: Node | null;
  readonly decorators?: readonly Node[];
  readonly members?: readonly Node[];
  readonly initializer?: Node | null;
  readonly parameter?: Node;
  readonly typeAnnotation?: Node | null;
  readonly typeName?: Node;
  readonly typeArguments?: { readonly params?: readonly Node[] } | null;
  readonly moduleReference?: Node;
  readonly importKind?: string;
  readonly exportKind?: string;
  readonly optional?: boolean;
}

/** Wrappers that change a type or the grouping, not the value. */
const WRAPPERS = new Set([
  'ParenthesizedExpression',
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'ChainExpression',
]);

/** The node below casts, parentheses and `await`. */
export function bare(node: Node): Node {
  let at = node;
  for (;;) {
    if (at.type === 'AwaitExpression' && at.argument) at = at.argument;
    else if (WRAPPERS.has(at.type) && typeof at.expression === 'object') at = at.expression;
    else return at;
  }
}

/** The name of an identifier, or the text of a string key (`'a-b': …`, `export { x as 'y' }`). */
export function nameOf(node: Node | null | undefined): string | undefined {
  if (typeof node?.name === 'string') return node.name;
  return typeof node?.value === 'string' || typeof node?.value === 'number' ? String(node.value) : undefined;
}

export const stringOf = (node: Node | null | undefined): string | undefined =>
  node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;

export const isFunction = (node: Node): boolean =>
  node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration';

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** The nodes of a body that is a list. */
export const childrenOf = (body: Node['body']): readonly Node[] =>
  Array.isArray(body) ? (body as readonly Node[]) : [];

/** A parameter without `private readonly`. */
export const unwrapped = (param: Node): Node =>
  param.type === 'TSParameterProperty' && param.parameter ? param.parameter : param;

/** A parameter without its default. */
export const unassigned = (node: Node): Node => (node.type === 'AssignmentPattern' && node.left ? node.left : node);
