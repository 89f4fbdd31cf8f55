import type { Candidate } from '../research.types.js';
import { listed, npm, quoted } from './candidate-builder.js';

export const AUTHENTICATION: readonly Candidate[] = [
  npm('authentication', 'better-auth', 'better-auth', {
    names: ['better-auth', 'better auth'],
    categoryNeed: quoted(
      1,
      'dist/api/index.d.mts',
      'revokeSession: import("better-call").StrictEndpoint<"/revoke-session"',
    ),
    brings: [
      'accounts and sessions are tables of the own database',
      'narrow ranges for the query builder it works with',
    ],
    storesPersonalData: 'accounts, sessions and verification tokens',
  }),
  npm(
    'authentication',
    'openid-client',
    'OpenID Connect through openid-client',
    {
      names: ['openid-client', 'openid connect', 'oidc'],
      // A token is revoked at the provider; a session of the own service must be ended by own code.
      categoryNeed: quoted(0.5, 'README.md', 'Token Introspection and Revocation'),
      brings: ['sign-in, passwords and second factors are the work of an identity provider'],
      storesPersonalData: 'tokens; accounts lie with the identity provider',
    },
    'openid-client',
  ),
  npm('authentication', 'supertokens-node', 'SuperTokens', {
    needsServers: ['supertokens-core'],
    categoryNeed: quoted(
      1,
      'lib/build/recipe/session/index.d.ts',
      'static revokeSession(sessionHandle: string, userContext?: Record<string, any>): Promise<boolean>;',
    ),
    brings: ['a server of its own holds accounts and sessions'],
    storesPersonalData: 'accounts and sessions in its own server',
  }),
  npm('authentication', 'passport', 'Passport', {
    names: ['passport.js', 'passportjs', 'passport-local', 'passport-jwt'],
    companions: ['@types/passport'],
    brings: ['one more package per way of signing in, and a session store that is chosen apart'],
  }),
  npm('authentication', '@auth/core', 'Auth.js', {
    names: ['auth.js', 'authjs', 'next-auth', 'nextauth', '@auth/core'],
    // Only where sessions are rows; sessions that are signed tokens run until they expire.
    categoryNeed: quoted(0.5, 'types.d.ts', 'if there is a session in the database, it will be deleted as well'),
    brings: ['an adapter package per database'],
    storesPersonalData: 'accounts and sessions',
  }),
  ...listed(
    'authentication',
    'python',
    ['authlib', 'Authlib'],
    ['django-allauth', 'django-allauth'],
    ['pyjwt', 'PyJWT'],
  ),
  ...listed(
    'authentication',
    'java',
    ['org.springframework.security:spring-security-oauth2-resource-server', 'Spring Security resource server'],
    ['org.pac4j:pac4j-core', 'pac4j'],
  ),
  ...listed(
    'authentication',
    'go',
    ['github.com/coreos/go-oidc/v3', 'go-oidc'],
    ['github.com/golang-jwt/jwt/v5', 'golang-jwt'],
  ),
];
