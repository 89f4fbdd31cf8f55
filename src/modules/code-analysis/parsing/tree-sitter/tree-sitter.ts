import type { Language, Parser, Tree } from '@vscode/tree-sitter-wasm';
import { TooDeep } from '../front-end.js';
import { type CursorFunctions, FlatCursor } from './flat-cursor.js';
import type { Syntax } from './syntax.js';

/** What of a language's tree is kept. Copying out a tree costs as much as parsing it, so what no rule looks at stays behind. */
export interface Shape {
  /** The name of the grammar: `python`. */
  readonly grammar: string;
  /** Node types that are left out with all below them: comments. */
  readonly drop: ReadonlySet<string>;
  /** Node types of which only the place is kept. */
  readonly leaves: ReadonlySet<string>;
  /**
   * `parent>type`: nodes that are kept whole when this says so, and as a leaf otherwise: bodies of handlers, by far most of a tree.
   */
  readonly asked: ReadonlyMap<string, (body: Body) => boolean>;
}

export interface Body {
  readonly text: string;
  /** What stands before it in its parent: the signature. */
  readonly head: string;
  /** The type of the node around its parent. */
  readonly around: string | undefined;
}

/** Levels of the parser's tree that are copied; a chain of a thousand `+` is one level each. */
const MAX_LEVELS = 1500;
/** Milliseconds for one file. Real files of 1 MB take below one second. */
const MAX_MS = 4000;

interface TreeSitter {
  readonly Parser: typeof Parser;
  readonly Language: typeof Language;
}

interface Runtime {
  readonly api: TreeSitter;
  readonly folder: string;
  readonly functions: CursorFunctions;
}

let runtime: Promise<Runtime> | undefined;

/** The WebAssembly runtime, once per thread. Its script says in which folder it lies; the grammars are beside it. */
function loadRuntime(): Promise<Runtime> {
  runtime ??= (async () => {
    const api = (await import('@vscode/tree-sitter-wasm')).default as TreeSitter;
    let folder = '';
    const module = {
      locateFile: (file: string, beside: string) => {
        folder = beside;
        return beside + file;
      },
    };
    await api.Parser.init(module);
    return { api, folder, functions: module as unknown as CursorFunctions };
  })();
  return runtime;
}

/** Loads a grammar (0.2-0.5 MB; 10-30 ms) and returns its parser. */
export async function loadGrammar(shape: Shape): Promise<Grammar> {
  const { api, folder, functions } = await loadRuntime();
  const language = await api.Language.load(`${folder}tree-sitter-${shape.grammar}.wasm`);
  return new Grammar(new api.Parser(), language, shape, functions);
}

const enum Keep {
  Whole,
  Leaf,
  Asked,
  Nothing,
}

export class Grammar {
  private readonly keep: readonly Keep[];
  private readonly types: readonly string[];
  private readonly fields: readonly (string | null)[];

  constructor(
    private readonly parser: Parser,
    language: Language,
    private readonly shape: Shape,
    private readonly functions: CursorFunctions,
  ) {
    parser.setLanguage(language);
    this.types = language.types;
    this.fields = language.fields;
    const asked = new Set([...shape.asked.keys()].map((key) => key.split('>')[1]));
    this.keep = language.types.map((type, id) => {
      if (!language.nodeTypeIsNamed(id) || shape.drop.has(type)) return Keep.Nothing;
      if (shape.leaves.has(type)) return Keep.Leaf;
      return asked.has(type) ? Keep.Asked : Keep.Whole;
    });
  }

  /**
   * Parses; around a syntax error the tree has nodes of the type `ERROR`, and what precedes it is whole. Throws {@link TooDeep}, and
   * an error for a file that takes longer than {@link MAX_MS}.
   */
  parse(text: string): Syntax {
    const tree = this.tree(text);
    const cursor = new FlatCursor(this.functions, tree);
    try {
      return this.copy(cursor, text);
    } finally {
      cursor.delete();
      tree.delete();
    }
  }

  private tree(text: string): Tree {
    const end = performance.now() + MAX_MS;
    const tree = this.parser.parse(text, null, { progressCallback: () => performance.now() > end });
    if (tree) return tree;
    this.parser.reset();
    throw new Error(`not parsed within ${MAX_MS} ms`);
  }

  /** Copies what the shape keeps, without recursion: the depth of a tree is the attacker's choice. */
  private copy(cursor: FlatCursor, text: string): Syntax {
    const root = this.node(cursor, cursor.nodeTypeId);
    const stack: Syntax[] = [root];
    for (let more = cursor.gotoFirstChild(); more;) {
      const id = cursor.nodeTypeId;
      const keep = this.keep[id] ?? Keep.Whole;
      if (keep === Keep.Nothing) {
        more = this.next(cursor, stack);
        continue;
      }
      const node = this.node(cursor, id);
      (stack.at(-1)?.children as Syntax[]).push(node);
      if (enters(keep, node, stack, text, this.shape) && cursor.gotoFirstChild()) {
        if (stack.push(node) > MAX_LEVELS) throw new TooDeep();
      } else more = this.next(cursor, stack);
    }
    return root;
  }

  /** To the next sibling of the node or of the nearest node above that has one. */
  private next(cursor: FlatCursor, stack: Syntax[]): boolean {
    while (!cursor.gotoNextSibling()) {
      stack.pop();
      if (!stack.length) return false;
      cursor.gotoParent();
    }
    return true;
  }

  /** Each question to the cursor is a call into WebAssembly, so none is asked twice; one shape of object for all nodes. */
  private node(cursor: FlatCursor, id: number): Syntax {
    return {
      type: this.types[id] ?? 'ERROR',
      start: cursor.startIndex,
      end: cursor.endIndex,
      field: this.fields[cursor.fieldId] ?? undefined,
      children: [],
    };
  }
}

function enters(keep: Keep, node: Syntax, above: readonly Syntax[], text: string, shape: Shape): boolean {
  if (keep !== Keep.Asked) return keep === Keep.Whole;
  const parent = above.at(-1);
  const asks = parent && shape.asked.get(`${parent.type}>${node.type}`);
  if (!asks) return true;
  return asks({
    text: text.slice(node.start, node.end),
    head: text.slice(parent.start, node.start),
    around: above.at(-2)?.type,
  });
}
