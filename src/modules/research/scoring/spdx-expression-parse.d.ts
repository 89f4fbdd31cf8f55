/** The package ships no types. It throws on text that is no SPDX expression. */
declare module 'spdx-expression-parse' {
  interface License {
    readonly license: string;
    readonly plus?: true;
    readonly exception?: string;
  }
  interface Conjunction {
    readonly left: Expression;
    readonly conjunction: 'and' | 'or';
    readonly right: Expression;
  }
  type Expression = License | Conjunction;
  function parse(source: string): Expression;
  namespace parse {
    export { License, Conjunction, Expression };
  }
  export = parse;
}
