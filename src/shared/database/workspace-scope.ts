declare const minted: unique symbol;

/**
 * The right to touch the rows of one workspace. Every repository query takes one, and only the identity guard, the
 * workflow engine and the command line can make it (wall `scope-is-minted`), so a forgotten filter does not compile.
 */
export interface WorkspaceScope {
  readonly workspaceId: string;
  readonly [minted]: true;
}
