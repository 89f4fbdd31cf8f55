import type { Candidate, Category, Ecosystem, StackName } from '../research.types.js';

type Further = Partial<Pick<StackName, 'ecosystem' | 'engine'>>;

const named = (
  slug: string,
  label: string,
  category: Category,
  names: readonly string[],
  further: Further = {},
): StackName => ({
  slug,
  label,
  category,
  names: longestFirst(names),
  ...further,
});

const longestFirst = (names: readonly string[]): string[] =>
  [...new Set(names)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));

const known = (
  slug: string,
  label: string,
  category: Category,
  names: readonly string[],
  further: Further = {},
): StackName => named(slug, label, category, [label.toLowerCase(), ...names], further);

const language = (slug: string, label: string, names: readonly string[], ecosystem?: Ecosystem): StackName =>
  known(slug, label, 'runtime', names, ecosystem ? { ecosystem } : {});

/**
 * What briefs say is in use and the catalogue doesn't offer as a choice, or names by a slug that choices refer to
 * (`needsServers`, `builtInto`). Front-end libraries are left out: none of the 24 categories is theirs.
 */
const HAND_WRITTEN: readonly StackName[] = [
  language('typescript', 'TypeScript', [], 'javascript'),
  language('javascript', 'JavaScript', ['ecmascript'], 'javascript'),
  language('python', 'Python', ['python3'], 'python'),
  language('java', 'Java', [], 'java'),
  language('kotlin', 'Kotlin', [], 'java'),
  language('go', 'Go', ['golang'], 'go'),
  known('nodejs', 'Node.js', 'runtime', ['nodejs', 'node js', 'node'], { ecosystem: 'javascript', engine: 'node' }),
  known('bun', 'Bun', 'runtime', ['bun.sh'], { ecosystem: 'javascript' }),
  known('deno', 'Deno', 'runtime', [], { ecosystem: 'javascript' }),
  known('jvm', 'JVM', 'runtime', ['openjdk'], { ecosystem: 'java' }),
  known('nextjs', 'Next.js', 'framework-web', ['nextjs'], { ecosystem: 'javascript' }),
  known('spring-boot', 'Spring Boot', 'framework-web', ['spring-boot'], { ecosystem: 'java' }),
  known('postgresql', 'PostgreSQL', 'database-primary', ['postgres', 'postgre sql', 'amazon rds for postgresql']),
  known('mysql', 'MySQL', 'database-primary', ['mariadb']),
  known('mongodb', 'MongoDB', 'database-primary', ['mongo']),
  known('sqlite', 'SQLite', 'database-primary', ['sqlite3']),
  known('mssql', 'SQL Server', 'database-primary', ['microsoft sql server', 'ms sql', 'mssql']),
  known('oracle', 'Oracle Database', 'database-primary', ['oracle db']),
  known('dynamodb', 'DynamoDB', 'database-primary', ['amazon dynamodb']),
  known('cassandra', 'Cassandra', 'database-primary', ['apache cassandra']),
  known('timescaledb', 'TimescaleDB', 'analytics', []),
  known('influxdb', 'InfluxDB', 'analytics', ['influx db']),
  known('clickhouse', 'ClickHouse', 'analytics', []),
  known('bigquery', 'BigQuery', 'analytics', ['google bigquery']),
  known('snowflake', 'Snowflake', 'analytics', []),
  known('redis', 'Redis', 'cache', ['valkey']),
  known('memcached', 'Memcached', 'cache', []),
  known('elasticsearch', 'Elasticsearch', 'search-engine', ['elastic search']),
  known('opensearch', 'OpenSearch', 'search-engine', []),
  known('meilisearch', 'Meilisearch', 'search-engine', []),
  known('typesense', 'Typesense', 'search-engine', []),
  known('algolia', 'Algolia', 'search-engine', []),
  known('qdrant', 'Qdrant', 'vector-store', []),
  known('weaviate', 'Weaviate', 'vector-store', []),
  known('pinecone', 'Pinecone', 'vector-store', []),
  known('kafka', 'Kafka', 'queue-jobs', ['apache kafka', 'redpanda']),
  known('rabbitmq', 'RabbitMQ', 'queue-jobs', ['rabbit mq']),
  known('nats', 'NATS', 'queue-jobs', ['nats jetstream']),
  known('sqs', 'Amazon SQS', 'queue-jobs', ['sqs']),
  known('mqtt', 'MQTT', 'api-style', ['mosquitto']),
  known('keycloak', 'Keycloak', 'authentication', []),
  known('auth0', 'Auth0', 'authentication', []),
  known('okta', 'Okta', 'authentication', []),
  known('entra-id', 'Microsoft Entra ID', 'authentication', ['entra id', 'azure ad', 'azure active directory']),
  known('cognito', 'Amazon Cognito', 'authentication', ['cognito']),
  known('vault', 'HashiCorp Vault', 'secrets-config', []),
  known('aws-secrets-manager', 'AWS Secrets Manager', 'secrets-config', []),
  known('minio', 'MinIO', 'file-storage', []),
  known('sendgrid', 'SendGrid', 'email-notification', []),
  known('twilio', 'Twilio', 'email-notification', []),
  known('prometheus', 'Prometheus', 'observability', []),
  known('grafana', 'Grafana', 'observability', []),
  known('aws', 'AWS', 'iac-hosting', ['amazon web services', 'ecs', 'fargate']),
  known('gcp', 'Google Cloud', 'iac-hosting', ['gcp', 'google cloud platform', 'cloud run']),
  known('azure', 'Azure', 'iac-hosting', ['microsoft azure']),
  known('hetzner', 'Hetzner', 'iac-hosting', []),
  known('kubernetes', 'Kubernetes', 'iac-hosting', ['k8s', 'eks', 'gke', 'aks']),
  known('docker', 'Docker', 'iac-hosting', ['docker compose']),
  known('heroku', 'Heroku', 'iac-hosting', []),
  known('vercel', 'Vercel', 'iac-hosting', []),
];

/**
 * Names of the candidates, so that a brief that names one decides its category. A spelling belongs to one entry only, the
 * first of the catalogue; it speaks for an ecosystem when no other one has it. Left out: what is written by hand above, and
 * names that are ordinary words (`resend`), which a brief would use as such.
 */
function namesOfCandidates(candidates: readonly Candidate[], taken: ReadonlySet<string>): StackName[] {
  const free = (name: string): boolean => !taken.has(name) && !PLAIN_WORDS.has(name);
  const used = new Set<string>();
  const found: StackName[] = [];
  for (const candidate of candidates) {
    const slug = candidate.id.slice(candidate.id.indexOf('/') + 1);
    const names = candidate.names.filter((name) => free(name) && !used.has(name));
    if (!free(slug) || used.has(slug) || names.length === 0 || candidate.names.some((name) => taken.has(name)))
      continue;
    for (const name of [slug, ...names]) used.add(name);
    found.push(named(slug, candidate.label, candidate.category, names, ecosystemOf(candidate, names, candidates)));
  }
  return found;
}

function ecosystemOf({ ecosystem }: Candidate, names: readonly string[], all: readonly Candidate[]): Further {
  const sharing = all.filter((other) => other.names.some((name) => names.includes(name)));
  if (ecosystem === 'any' || sharing.some((other) => other.ecosystem !== ecosystem)) return {};
  return { ecosystem };
}

/** Ordinary words of English among package names: `resend the message`, `a passport number`. */
const PLAIN_WORDS = new Set(['ai', 'convict', 'passport', 'postmark', 'resend']);

/** Everything a brief may name, each spelling once; hand-written entries win. */
export function stackNames(candidates: readonly Candidate[]): readonly StackName[] {
  const taken = new Set(HAND_WRITTEN.flatMap(({ slug, names }) => [slug, ...names]));
  return [...HAND_WRITTEN, ...namesOfCandidates(candidates, taken)];
}
