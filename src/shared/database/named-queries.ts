import type { Statement } from './query-profiler.js';
import type { WorkspaceScope } from './workspace-scope.js';

/** Asks the database in the transaction in which the plan is made; read-only. */
export type Ask = <Row>(text: string, parameters: readonly unknown[]) => Promise<readonly Row[]>;

/** A statement that an operator may see the plan of. */
export interface NamedQuery {
  /** `sessions.list`: table or noun, then what it gives. */
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  /**
   * The statement as the repository runs it, with parameters of the caller's workspace that make sense; ids of something
   * that is there, or of nothing.
   */
  readonly statement: (scope: WorkspaceScope, ask: Ask) => Statement | Promise<Statement>;
}

/** Names nothing: stands in where a workspace has no row yet. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

const queries = new Map<string, NamedQuery>();

/**
 * Declares a statement of a repository, beside it; nothing but these can be explained on demand.
 * @throws Error when the name is taken
 */
export function defineQuery(query: NamedQuery): NamedQuery {
  if (queries.has(query.name)) throw new Error(`two queries are named ${query.name}`);
  queries.set(query.name, query);
  return query;
}

/** All of them, by name. */
export function namedQueries(): readonly NamedQuery[] {
  return [...queries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const namedQuery = (name: string): NamedQuery | undefined => queries.get(name);
