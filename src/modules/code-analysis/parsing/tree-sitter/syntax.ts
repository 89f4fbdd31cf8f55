/**
 * A node of a syntax tree as plain data: the parser's own tree lies in WebAssembly memory and is freed at once, so nothing has to
 * be released later. Named nodes only: punctuation and keywords are left out.
 */
export interface Syntax {
  /** As the grammar names it: `call_expression`. */
  readonly type: string;
  /** Offsets into the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** The role it has in its parent: `name`, `body`. */
  readonly field?: string | undefined;
  readonly children: readonly Syntax[];
}

/** The first child of this role. */
export const part = (node: Syntax, field: string): Syntax | undefined =>
  node.children.find((child) => child.field === field);

export const parts = (node: Syntax, field: string): readonly Syntax[] =>
  node.children.filter((child) => child.field === field);

export const ofType = (node: Syntax | undefined, type: string): Syntax | undefined =>
  node?.children.find((child) => child.type === type);

/** Line numbers, from 1, by offset. */
export class Lines {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  of(offset: number): number {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}
