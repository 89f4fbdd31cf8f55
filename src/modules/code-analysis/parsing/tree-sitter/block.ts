/** A block with the names it declares; the chain of blocks tells which binding an identifier means. */
export class Block {
  private readonly names = new Map<string, string>();

  constructor(
    private readonly parent?: Block,
    /** The scope of facts it lies in; undefined at the top level. */
    readonly scope?: string,
    /** The class whose `self` is in force. */
    readonly self?: string,
    private readonly counter: { next: number } = { next: 0 },
  ) {}

  child(scope = this.scope, self = this.self): Block {
    return new Block(this, scope, self, this.counter);
  }

  /** The id of a binding: `id` where it is given, the name itself at the top level, a numbered one below. */
  declare(name: string, id?: string): string {
    const known = this.names.get(name);
    if (known !== undefined && id === undefined) return known;
    const made = id ?? (this.parent ? `${name}@${(this.counter.next += 1)}` : name);
    this.names.set(name, made);
    return made;
  }

  /** A name that nothing declares keeps its name, marked, so that no binding of the file answers to it. */
  resolve(name: string): string {
    return this.find(name) ?? `global:${name}`;
  }

  /** The id of a name that this very block declares. */
  own(name: string): string | undefined {
    return this.names.get(name);
  }

  find(name: string): string | undefined {
    for (let at: Block | undefined = this as Block; at; at = at.parent) {
      const id = at.names.get(name);
      if (id !== undefined) return id;
    }
    return undefined;
  }
}
