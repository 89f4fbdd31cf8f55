import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';

/** Where registry facts and data sets live: every workspace may read them, because they rest on public sources alone. */
export const PUBLIC_WORKSPACE_ID = '00000000-0000-7000-8000-000000000000';

/** The right to write them; only the sources of this feature use it. */
export const PUBLIC_SCOPE = mintWorkspaceScope(PUBLIC_WORKSPACE_ID);
