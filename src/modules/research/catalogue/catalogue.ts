import type { Candidate, Category, Ecosystem, StackName } from '../research.types.js';
import { CATEGORIES } from '../research.types.js';
import { ANALYTICS } from './analytics.js';
import { API_STYLE } from './api-style.js';
import { AUTHENTICATION } from './authentication.js';
import { AUTHORIZATION } from './authorization.js';
import { CACHE } from './cache.js';
import { CATEGORY_DEFINITIONS } from './category-definitions.js';
import { DATABASE_PRIMARY } from './database-primary.js';
import { EMAIL_NOTIFICATION } from './email-notification.js';
import { FILE_STORAGE } from './file-storage.js';
import { FRAMEWORK_WEB } from './framework-web.js';
import { LLM_PROVIDER } from './llm-provider.js';
import { MIGRATIONS } from './migrations.js';
import { OBSERVABILITY } from './observability.js';
import { ORM_QUERY } from './orm-query.js';
import { PAYMENTS } from './payments.js';
import { CI_CD, IAC_HOSTING, RUNTIME } from './platforms.js';
import { QUEUE_JOBS } from './queue-jobs.js';
import { SCHEDULING } from './scheduling.js';
import { SEARCH_ENGINE } from './search-engine.js';
import { SECRETS_CONFIG } from './secrets-config.js';
import { stackNames } from './stack-names.js';
import { TESTING } from './testing.js';
import { VALIDATION } from './validation.js';
import { VECTOR_STORE } from './vector-store.js';

/**
 * The curated catalogue: which candidates exist, by category and ecosystem, and what is worth looking up about each. It
 * proposes only. A property counts after the current record or a file of the package has proven it; notes never count.
 */

export { CATEGORY_DEFINITIONS };

const BY_CATEGORY: Readonly<Record<Category, readonly Candidate[]>> = {
  runtime: RUNTIME,
  'framework-web': FRAMEWORK_WEB,
  'api-style': API_STYLE,
  validation: VALIDATION,
  'database-primary': DATABASE_PRIMARY,
  'orm-query': ORM_QUERY,
  migrations: MIGRATIONS,
  cache: CACHE,
  'search-engine': SEARCH_ENGINE,
  'vector-store': VECTOR_STORE,
  'queue-jobs': QUEUE_JOBS,
  scheduling: SCHEDULING,
  authentication: AUTHENTICATION,
  authorization: AUTHORIZATION,
  'secrets-config': SECRETS_CONFIG,
  'file-storage': FILE_STORAGE,
  'email-notification': EMAIL_NOTIFICATION,
  payments: PAYMENTS,
  observability: OBSERVABILITY,
  analytics: ANALYTICS,
  testing: TESTING,
  'ci-cd': CI_CD,
  'iac-hosting': IAC_HOSTING,
  'llm-provider': LLM_PROVIDER,
};

/** All candidates, in the order of the categories and, within one, of its file. */
export const allCandidates: readonly Candidate[] = CATEGORIES.flatMap((category) => BY_CATEGORY[category]);

/**
 * Candidates of a category for an ecosystem and those of any, in fixed order, the ones worth comparing first. A list of one
 * is no cell: then nothing is proposed. A built-in is proposed even when its host isn't in use; the caller filters by
 * `builtInto`.
 */
export function candidatesFor(category: Category, ecosystem: Ecosystem): readonly Candidate[] {
  const cell = BY_CATEGORY[category].filter((candidate) => [ecosystem, 'any'].includes(candidate.ecosystem));
  return cell.length < 2 ? [] : cell;
}

/** Candidates that a word names, as a spelling or as the exact package name; lower or upper case. In catalogue order. */
export function findByName(word: string): Candidate[] {
  const wanted = word.trim().toLowerCase();
  return allCandidates.filter(({ names, package: name }) => names.includes(wanted) || name?.toLowerCase() === wanted);
}

/** What a brief may name: languages, runtimes, servers, clouds, and the candidates. */
export const STACK_NAMES: readonly StackName[] = stackNames(allCandidates);
