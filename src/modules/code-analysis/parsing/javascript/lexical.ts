import { isNode, nameOf, type Node } from './node.js';

/** A block with the names it declares; the chain of blocks tells which binding an identifier means. */
export class Block {
  private readonly names = new Map<string, string>();

  constructor(
    private readonly parent: Block | undefined,
    /** The scope of facts it lies in; undefined at the top level. */
    readonly scope: string | undefined,
    /** The class whose `this` is in force. */
    readonly self: string | undefined,
    private readonly counter: { next: number },
  ) {}

  child(scope = this.scope, self = this.self): Block {
    return new Block(this, scope, self, this.counter);
  }

  /** The id of a binding: its name at the top level, a numbered one below. */
  declare(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const id = this.parent ? `${name}@${(this.counter.next += 1)}` : name;
    this.names.set(name, id);
    return id;
  }

  /** A name that nothing declares is a global: it keeps its name, marked, so that no binding answers to it. */
  resolve(name: string): string {
    for (let at: Block | undefined = this as Block; at; at = at.parent) {
      const id = at.names.get(name);
      if (id !== undefined) return id;
    }
    return `global:${name}`;
  }

  /** Names of the statements of a block are known in all of it: functions are hoisted, and closures run later. */
  declareAll(statements: readonly Node[]): void {
    for (const statement of statements) {
      const declared =
        /^Export(Named|Default)Declaration$/.test(statement.type) && statement.declaration
          ? statement.declaration
          : statement;
      for (const name of declaredBy(declared)) this.declare(name);
    }
  }
}

function declaredBy(node: Node): string[] {
  switch (node.type) {
    case 'VariableDeclaration':
      return (node.declarations ?? []).flatMap(({ id }) => (id ? namesIn(id) : []));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'TSEnumDeclaration':
    case 'TSModuleDeclaration':
    case 'TSImportEqualsDeclaration':
      return [nameOf(node.id)].filter((name) => name !== undefined);
    case 'ImportDeclaration':
      return (node.specifiers ?? []).map(({ local }) => nameOf(local)).filter((name) => name !== undefined);
    default:
      return [];
  }
}

/** Names that a pattern binds. */
export const namesIn = (pattern: Node): string[] => NAMES[pattern.type]?.(pattern) ?? [];

const below = (node: unknown): string[] => (isNode(node) ? namesIn(node) : []);

const NAMES: Readonly<Record<string, ((pattern: Node) => string[]) | undefined>> = {
  Identifier: (pattern) => [nameOf(pattern) ?? ''],
  ObjectPattern: ({ properties = [] }) =>
    properties.flatMap((property) => below(property.type === 'RestElement' ? property.argument : property.value)),
  ArrayPattern: ({ elements = [] }) => elements.flatMap(below),
  AssignmentPattern: ({ left }) => below(left),
  RestElement: ({ argument }) => below(argument),
};
