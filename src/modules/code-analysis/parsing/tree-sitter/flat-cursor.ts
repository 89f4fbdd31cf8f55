import type { Tree } from '@vscode/tree-sitter-wasm';

type OfTree = (tree: number) => number;

/** What the runtime's own `TreeCursor` calls; the runtime adds these to the object that `Parser.init` is given. */
export interface CursorFunctions {
  readonly _ts_tree_root_node_wasm: OfTree;
  readonly _ts_tree_cursor_new_wasm: OfTree;
  readonly _ts_tree_cursor_delete_wasm: OfTree;
  readonly _ts_tree_cursor_goto_first_child_wasm: OfTree;
  readonly _ts_tree_cursor_goto_next_sibling_wasm: OfTree;
  readonly _ts_tree_cursor_goto_parent_wasm: OfTree;
  readonly _ts_tree_cursor_current_node_type_id_wasm: OfTree;
  readonly _ts_tree_cursor_current_field_id_wasm: OfTree;
  readonly _ts_tree_cursor_start_index_wasm: OfTree;
  readonly _ts_tree_cursor_end_index_wasm: OfTree;
}

/**
 * A cursor over one tree that calls WebAssembly and nothing else. The runtime's own writes its state into memory before each question and
 * reads it after each step, four numbers by a function each, which costs more than parsing. Between the calls of one walk the state
 * already lies there: so while this cursor is used nothing else may be asked of the runtime, and a walk is synchronous.
 */
export class FlatCursor {
  private readonly tree: number;
  private readonly firstChild: OfTree;
  private readonly nextSibling: OfTree;
  private readonly parent: OfTree;
  private readonly type: OfTree;
  private readonly field: OfTree;
  private readonly from: OfTree;
  private readonly to: OfTree;

  private readonly end: OfTree;

  /** The functions are read for each tree: the runtime replaces them by the bare ones at their first call. */
  constructor(functions: CursorFunctions, tree: Tree) {
    // The address of the tree is the first member of its wrapper, as the runtime's own cursor reads it.
    this.tree = (tree as unknown as readonly [number])[0];
    this.firstChild = functions._ts_tree_cursor_goto_first_child_wasm;
    this.nextSibling = functions._ts_tree_cursor_goto_next_sibling_wasm;
    this.parent = functions._ts_tree_cursor_goto_parent_wasm;
    this.type = functions._ts_tree_cursor_current_node_type_id_wasm;
    this.field = functions._ts_tree_cursor_current_field_id_wasm;
    this.from = functions._ts_tree_cursor_start_index_wasm;
    this.to = functions._ts_tree_cursor_end_index_wasm;
    this.end = functions._ts_tree_cursor_delete_wasm;
    // Writes the root into memory, from where a new cursor takes it.
    functions._ts_tree_root_node_wasm(this.tree);
    functions._ts_tree_cursor_new_wasm(this.tree);
  }

  get nodeTypeId(): number {
    return this.type(this.tree);
  }

  get fieldId(): number {
    return this.field(this.tree);
  }

  get startIndex(): number {
    return this.from(this.tree);
  }

  get endIndex(): number {
    return this.to(this.tree);
  }

  gotoFirstChild(): boolean {
    return this.firstChild(this.tree) === 1;
  }

  gotoNextSibling(): boolean {
    return this.nextSibling(this.tree) === 1;
  }

  gotoParent(): void {
    this.parent(this.tree);
  }

  /** Frees what it holds in WebAssembly; before the tree is freed. */
  delete(): void {
    this.end(this.tree);
  }
}
