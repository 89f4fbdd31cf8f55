/** What research gives to other features. Everything here is plain data: it is stored, cached and rendered as it stands. */

export const CATEGORIES = [
  'runtime',
  'framework-web',
  'api-style',
  'validation',
  'database-primary',
  'orm-query',
  'migrations',
  'cache',
  'search-engine',
  'vector-store',
  'queue-jobs',
  'scheduling',
  'authentication',
  'authorization',
  'secrets-config',
  'file-storage',
  'email-notification',
  'payments',
  'observability',
  'analytics',
  'testing',
  'ci-cd',
  'iac-hosting',
  'llm-provider',
] as const;
export type Category = (typeof CATEGORIES)[number];

export const ECOSYSTEMS = ['javascript', 'python', 'java', 'go'] as const;
export type Ecosystem = (typeof ECOSYSTEMS)[number];

/** Lower-case hex SHA-256 of the stored bytes. */
export type Sha256 = string;

/** Why a claim may be believed: stored evidence and the place in it. Either a JSON pointer with its value, or a verbatim quote. */
export type Citation =
  | { readonly evidence: Sha256; readonly pointer: string; readonly value: string | number | boolean | null }
  | { readonly evidence: Sha256; readonly quote: string };

/** What the citation gate says; only `found` may enter a document. */
export type CitationVerdict = 'found' | 'misattributed' | 'stitched' | 'not-found';

export type EvidenceSource = 'brief' | 'registry' | 'dataset' | 'code' | 'page' | 'search' | 'computed';

/** One stored snapshot. The body of a registry record is canonical JSON (sorted keys, no spaces) of the twelve projected fields. */
export interface EvidencePiece {
  readonly sha256: Sha256;
  readonly source: EvidenceSource;
  /** What it is, for people: `record pg-boss 12.38.0`. */
  readonly title: string;
  readonly mediaType: string;
  readonly body: string;
  readonly url?: string;
  /** ISO 8601; never part of the hash nor of a document's body. */
  readonly fetchedAt: string;
  /** The package and version it speaks of, when it is a registry record. */
  readonly subject?: { readonly name: string; readonly version: string };
}

/** The twelve fields of a package record that are kept; an absent field is unknown, never good. */
export interface PackageRecord {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly main?: string;
  readonly types?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A statement of the curated catalogue; counts for nothing in scores unless `citation` proves it. */
export interface CatalogueNote {
  readonly text: string;
  /** Where a person can check it. */
  readonly url: string;
  /** Date it was written, `YYYY-MM-DD`. */
  readonly date: string;
  /** Semver range of the package for which it is meant. */
  readonly validFor?: string;
}

/** What the catalogue proposes for a category. It proposes only: facts come from evidence. */
export interface Candidate {
  /** `queue-jobs/pg-boss`: category and a stable slug. */
  readonly id: string;
  readonly category: Category;
  readonly ecosystem: Ecosystem | 'any';
  readonly label: string;
  /** `package` is installed from a registry; `built-in` comes with something already chosen; `service` is run or rented. */
  readonly kind: 'package' | 'built-in' | 'service';
  /** A provider runs it under a contract: data goes there, and facts of its client say nothing about price, limits or exit. */
  readonly rented?: true;
  /** Registry name; for a service, that of its client. Absent for built-ins. */
  readonly package?: string;
  /** Names by which a brief or a manifest mentions it, lower case (`pg-boss`, `postgresql`, `postgres`). */
  readonly names: readonly string[];
  /** Names (candidate slugs such as `postgresql`) one of which must be in use for a built-in to exist. */
  readonly builtInto?: readonly string[];
  /** Servers it needs, as slugs (`redis`, `postgresql`); those not already in use count as new servers. */
  readonly needsServers: readonly string[];
  /** Alternatives for `needsServers`: one of them is enough. */
  readonly needsOneServerOf?: readonly string[];
  /** Packages it is never used without (`pg` for kysely). */
  readonly companions: readonly string[];
  /** The need of the category (criterion C2): the package's property, with what proves it. Absent: unknown. */
  readonly categoryNeed?: CategoryNeedFact;
  /** What comes along when it is chosen: consequences for other categories, in words. */
  readonly brings?: readonly string[];
  /** Personal data it stores outside the main tables, e.g. `job payloads`. */
  readonly storesPersonalData?: string;
  readonly notes: readonly CatalogueNote[];
  /** SPDX id of the server behind a client, if the source is known; otherwise unknown. */
  readonly serverLicense?: { readonly spdx: string; readonly url: string; readonly date: string };
}

/** How the category's need can be proven from a record (`pointer` exists / equals) or from one file of the package (`quote`). */
export interface CategoryNeedFact {
  readonly value: number;
  readonly proof:
    | { readonly kind: 'record'; readonly pointer: string; readonly equals?: string }
    /** `package` is set when the file belongs to another package than the candidate's (a driver, for a built-in). */
    | { readonly kind: 'file'; readonly file: string; readonly quote: string; readonly package?: string };
}

export interface CategoryDefinition {
  readonly id: Category;
  /** `Which queue runs the background jobs?` */
  readonly question: string;
  /** What C2 asks: `a job can be added in the transaction of the caller`. */
  readonly need: string;
  readonly alwaysNeeded: boolean;
  /** Decisions of other categories it follows from. */
  readonly follows: readonly Category[];
  /** What to ask when nothing decides it. */
  readonly openQuestion: string;
  /**
   * Criteria that every kind of option of this category can be measured by; absent: all. A category in which a database's
   * own feature stands beside packages is compared on what both have, or the feature would get full marks for having no
   * package. It belongs to the category and not to the options at hand, so that one more option can't change the yardstick.
   */
  readonly yardstick?: readonly CriterionId[];
}

/** A name of a language, runtime, database, server, cloud or framework that a brief may say is in use. */
export interface StackName {
  /** `postgresql`, `nodejs`: what `Candidate.builtInto`, `needsServers` and `ResearchRequest.inUse` speak of. */
  readonly slug: string;
  /** How it's written for people: `PostgreSQL`. */
  readonly label: string;
  /** Lower-case spellings, the longest first; a word boundary is needed on both sides. */
  readonly names: readonly string[];
  /** The category it speaks about when it is in use: a language about the runtime, a cloud about the hosting. */
  readonly category: Category;
  /** The ecosystem it speaks for, if it speaks for one. */
  readonly ecosystem?: Ecosystem;
  /** The engine whose version a number behind the name gives (`Node.js 24` → `node`). */
  readonly engine?: string;
}

// ---------- criteria ----------

export const CRITERION_IDS = ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7'] as const;
export type CriterionId = (typeof CRITERION_IDS)[number];

export interface Criterion {
  readonly id: CriterionId;
  readonly name: string;
  /** 0 to 1; the weights of a set sum to 1 (±0.001). */
  readonly weight: number;
  /** How a value of 0 to 1 is made, in words. */
  readonly scale: string;
  readonly why: string;
}

export interface CriteriaSet {
  readonly version: number;
  readonly criteria: readonly Criterion[];
}

// ---------- research of one gap ----------

/** Row T4: the cache key is made from category and this context. */
export interface ResearchContext {
  readonly projectType: string;
  readonly techStack: Readonly<Record<string, string>>;
  readonly requirements: readonly string[];
}

export interface HardConstraints {
  /** SPDX ids that are allowed, already expanded (`BSD` → two ids); empty: no constraint. */
  readonly licenses: readonly string[];
  /** Engine ranges by engine: `{ node: '24.x' }`. */
  readonly engines: Readonly<Record<string, string>>;
  /** Names or package names that must not be used. */
  readonly forbidden: readonly string[];
  /**
   * Where the brief keeps its data, in its words. `own`: on machines of its owner, so that nothing rented is inside; otherwise a
   * region, which a provider may or may not offer. Absent: no constraint.
   */
  readonly place?: { readonly words: string; readonly own: boolean };
  /** Names that are already decided, by category. */
  readonly pinned: Readonly<Partial<Record<Category, string>>>;
}

export interface ResearchRequest {
  readonly category: Category;
  readonly context: ResearchContext;
  readonly ecosystem: Ecosystem;
  /** Slugs of what is already in use (`postgresql`, `redis`). */
  readonly inUse: readonly string[];
  readonly constraints: HardConstraints;
  /** At most this many options (`TECH_SPEC_MAX_OPTIONS_PER_GAP`). */
  readonly maxOptions: number;
}

export type ConstraintState = 'pass' | 'fail' | 'unknown' | 'not-applicable';
export interface ConstraintResult {
  /** H1 licence, H2 engine range, H3 licence of a needed server, H4 forbidden, H5 place of the data (only when the brief has one). */
  readonly id: 'H1' | 'H2' | 'H3' | 'H4' | 'H5';
  readonly state: ConstraintState;
  /** What is printed in the table: `MIT`, `>=22.12.0`, `?`. */
  readonly shown: string;
  readonly citations: readonly Citation[];
}

/** A criterion's value as an interval on the absolute scale 0-1; unknown is [0, 1]. */
export interface CriterionValue {
  readonly criterion: CriterionId;
  readonly low: number;
  readonly high: number;
  /** What is printed: `.83 (5)`, `[0,1]`. */
  readonly shown: string;
  readonly citations: readonly Citation[];
}

/** One option with all facts, before it is scored. The same for every criteria set, hence cacheable. */
export interface ResearchedOption {
  readonly candidate: Candidate;
  /** Absent when the registry had no answer or the option has no package; then `unknownBecause` says why. */
  readonly record?: PackageRecord;
  readonly unknownBecause?: string;
  readonly constraints: readonly ConstraintResult[];
  readonly values: readonly CriterionValue[];
}

export interface ResearchResult {
  readonly category: Category;
  /** Sorted by candidate id. */
  readonly options: readonly ResearchedOption[];
  /** Every piece the options cite, each once, sorted by hash. */
  readonly evidence: readonly Sha256[];
  /** Sources that did not answer, in words; empty when all did. */
  readonly degraded: readonly string[];
}
