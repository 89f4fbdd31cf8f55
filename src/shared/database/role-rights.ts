import type { RunSql } from './schema-state.js';

interface Rights {
  readonly role: string;
  readonly superuser: boolean;
  readonly makes_roles: boolean;
  readonly makes_databases: boolean;
  readonly creates: boolean;
  readonly owns: boolean;
  readonly rewrites_audit: boolean;
}

/**
 * What the program's role may do beyond working with rows, in words; empty: nothing. A fault that lets a caller run SQL of
 * its own then reaches rows at most, and no line of the audit log can be changed.
 */
export async function rightsBeyondRows(run: RunSql): Promise<{ role: string; rights: readonly string[] }> {
  const [row] = (await run(
    `SELECT current_user AS role, rolsuper AS superuser, rolcreaterole AS makes_roles, rolcreatedb AS makes_databases,
            has_schema_privilege('public', 'CREATE') AS creates,
            EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND pg_has_role(tableowner, 'MEMBER')) AS owns,
            CASE WHEN to_regclass('public.audit_log') IS NULL THEN false
                 ELSE has_table_privilege('public.audit_log', 'UPDATE, DELETE, TRUNCATE') END AS rewrites_audit
       FROM pg_roles WHERE rolname = current_user`,
    [],
  )) as readonly Rights[];
  if (row === undefined) return { role: 'unknown', rights: [] };
  // A superuser holds all the others.
  if (row.superuser) return { role: row.role, rights: ['is a superuser'] };
  const rights = [
    row.makes_roles && 'can make roles',
    row.makes_databases && 'can make databases',
    row.owns ? 'owns our tables' : row.creates && 'can make tables',
    row.rewrites_audit && 'can rewrite the audit log',
  ].filter((right) => right !== false);
  return { role: row.role, rights };
}
