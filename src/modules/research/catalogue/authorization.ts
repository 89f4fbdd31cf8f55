import type { Candidate } from '../research.types.js';
import { builtIn, listed, npm, quoted } from './candidate-builder.js';

export const AUTHORIZATION: readonly Candidate[] = [
  npm('authorization', '@casl/ability', 'CASL', {
    names: ['casl', '@casl/ability'],
    categoryNeed: quoted(1, 'README.md', 'can manage (i.e., do anything) own posts'),
    brings: ['rules are code, shared with a front end if wanted', 'the same rules can be turned into query conditions'],
  }),
  npm('authorization', 'casbin', 'Casbin', {
    categoryNeed: quoted(1, 'lib/cjs/coreEnforcer.d.ts', 'can be class instances if ABAC is used.'),
    brings: ['a model and a policy in a language of their own, changeable without a release'],
  }),
  npm('authorization', 'accesscontrol', 'AccessControl', {
    names: ['accesscontrol'],
    categoryNeed: quoted(
      1,
      'README.md',
      '**Enforced ownership** — `own` actually verifies the record belongs to the user.',
    ),
    brings: ['roles and grants are code or rows'],
  }),
  builtIn('authorization', 'postgresql-rls', 'PostgreSQL row-level security', ['postgresql'], {
    names: ['row-level security', 'row level security'],
    // A policy's `using` is a condition over the row.
    categoryNeed: quoted(1, 'pg-core/policies.d.ts', 'using?: SQL;', 'drizzle-orm'),
    brings: [
      'the database refuses even what the code forgot to check',
      'each request sets its identity on its connection; pooled connections need care',
    ],
  }),
  ...listed('authorization', 'python', ['casbin', 'PyCasbin'], ['django-guardian', 'django-guardian']),
  ...listed(
    'authorization',
    'java',
    ['org.springframework.security:spring-security-core', 'Spring Security'],
    ['org.casbin:jcasbin', 'jCasbin'],
  ),
  ...listed(
    'authorization',
    'go',
    ['github.com/casbin/casbin/v2', 'Casbin'],
    [
      'github.com/open-policy-agent/opa',
      'Open Policy Agent',
      { names: ['open policy agent', 'github.com/open-policy-agent/opa'] },
    ],
  ),
];
