/**
 * The walls of ARCHITECTURE.md as data. Each rule has a sentence that says what to do; test/architecture plants one
 * violation per rule and expects its name, since a checker that sees nothing is green too.
 */

/** Who may knock at whose front door. */
const MAY_USE = {
  identity: [],
  research: ['identity'],
  'code-analysis': ['identity'],
  sessions: ['identity', 'research', 'code-analysis'],
  dashboard: ['identity', 'research', 'code-analysis', 'sessions'],
};
const FEATURES = Object.keys(MAY_USE);
const SPEC = '\\.spec\\.ts$';
/** What imports itself, not what another rule is about. */
const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const featureRules = FEATURES.flatMap((feature) => {
  const forbidden = FEATURES.filter((other) => other !== feature && !MAY_USE[feature].includes(other));
  if (forbidden.length === 0) return [];
  return error(
    `feature-${feature}`,
    `${feature} may use ${MAY_USE[feature].join(', ') || 'no other feature'}. Call down, publish up; what two features need is a noun in shared/.`,
    { path: `^src/modules/${feature}/` },
    { path: `^src/modules/(${forbidden.join('|')})/` },
  );
});

export default {
  forbidden: [
    ...featureRules,
    error(
      'feature-front-door',
      'Another feature is entered by its .module, .service, .types or .events file: ask its owner to offer what you need there.',
      { path: '^src/modules/([^/]+)/', pathNot: SPEC },
      {
        path: '^src/modules/',
        pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/[^/]+\\.(module|service|types|events)\\.ts$'],
      },
    ),
    error(
      'shared-below-features',
      'shared/ knows no feature: pass what you need in, or move the code into the feature.',
      { path: '^src/(shared|http)/' },
      { path: '^src/modules/' },
    ),
    error(
      'shared-below-http',
      'shared/ knows no HTTP: throw an AppError; http/ maps it to a status.',
      { path: '^src/shared/' },
      { path: '^src/http/' },
    ),
    error(
      'config-at-the-bottom',
      'config/ imports nothing of ours: it is read by all and reads none.',
      { path: '^src/config/' },
      { path: '^src/(?!config/)|^migrations/' },
    ),
    error(
      'composition-root-only',
      'Only the entry points know the composition root: inject what you need.',
      { path: '^src/(?!main\\.ts|cli\\.ts|cli/|app\\.ts|app\\.module\\.ts)', pathNot: SPEC },
      { path: '^src/(main|cli|app|app\\.module)\\.ts$|^src/cli/' },
    ),
    error(
      'sql-in-repositories',
      'Only repositories, migrations and shared/database speak to the database driver: add a method to the repository.',
      {
        path: '^src/',
        pathNot: [
          SPEC,
          '^src/shared/(database|workflow|jobs|idempotency)/',
          '\\.(repository|module)\\.ts$',
          '/entities/',
        ],
      },
      { path: '^node_modules/(typeorm|pg|pg-[^/]+|@nestjs/typeorm)/', dependencyTypesNot: ['type-only'] },
    ),
    error(
      'redis-in-its-rooms',
      'Redis is reached through shared/redis, cache, rate-limit or events.',
      { path: '^src/', pathNot: '^src/shared/(redis|cache|rate-limit|events)/' },
      { path: ['^node_modules/(redis|ioredis|@redis|keyv|@keyv|cache-manager[^/]*)/', '^(redis|ioredis)$'] },
    ),
    error(
      'egress-only',
      'Calls to the outside go through a client in clients/ on shared/egress: it has deadline, byte cap and breaker.',
      { path: '^src/', pathNot: ['^src/shared/egress/', '/clients/', SPEC] },
      {
        path: ['^node_modules/(undici|@anthropic-ai|openai|axios|got|node-fetch)/', '^(http|https|http2)$'],
        dependencyTypesNot: ['type-only'],
      },
    ),
    error(
      'scope-is-minted',
      'A WorkspaceScope comes from the identity guard, the workflow engine or the command line: take it as an argument.',
      {
        path: '^src/',
        pathNot: [
          SPEC,
          '^src/modules/identity/',
          '^src/http/',
          '^src/shared/(workflow|jobs|database)/',
          '^src/cli/',
          '/session-(workflows|reconciler)\\.ts$',
          '^src/modules/research/public-scope\\.ts$',
        ],
      },
      { path: '^src/shared/database/workspace-scope\\.mint\\.ts$' },
    ),
    error(
      'pure-folders',
      'Mechanisms are pure functions: what they need of the world comes in as an argument.',
      {
        path: '^src/modules/[^/]+/(catalogue|scoring|criteria|brief|derivation|requirements|gaps|document|statistics|linking|frameworks|parsing|intake)/',
        pathNot: SPEC,
      },
      {
        path: [
          '^node_modules/@nestjs/',
          '^node_modules/(typeorm|pg|undici)/',
          '^src/shared/(database|workflow|egress|cache|logging|metrics)/',
          '^(fs|net|child_process|worker_threads)$',
          '^fs/promises$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    ),
    error(
      'no-circular',
      'Two files need each other: move what both need into a third.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    error(
      'no-production-to-test',
      'Production code imports no test code.',
      { path: '^(src|migrations)/', pathNot: SPEC },
      { path: ['^test/', SPEC] },
    ),
    error(
      'no-orphans',
      'Nothing uses this file: delete it.',
      { orphan: true, pathNot: [SPEC, '^src/(main|cli)\\.ts$', '\\.types\\.ts$', '\\.d\\.ts$'] },
      {},
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
