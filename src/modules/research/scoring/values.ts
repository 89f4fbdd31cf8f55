import semver from 'semver';
import type { Candidate, Citation, CriterionId, CriterionValue, PackageRecord } from '../research.types.js';
import type { CandidateFacts, ScoringContext, StoredRecord } from './scoring.types.js';
import { provenNeed } from './category-need.js';
import { engineFit } from './engine-range.js';
import { cite, escapeStep } from './pointer.js';
import { newServers, serverCitations } from './servers.js';
import { typesCitation } from './type-declarations.js';

/** Number of packages at which criterion C3 reaches 0, and of named replacements at which C7 does. */
const MOST_PACKAGES = 30;
const MOST_HITS = 4;

/**
 * Values of one option on the criteria, on fixed absolute scales from 0 to 1. Unknown is the interval [0, 1]. A criterion
 * that says nothing about the kind of option is left out: an option without package has C1 and C2 alone; C5 to C7 are facts
 * of npm packages; C6 needs a wanted engine range.
 *
 * Scales: "Criteria v1" of the exemplar document; `DEFAULT_CRITERIA` has them in words.
 */
export function valuesOf(candidate: Candidate, facts: CandidateFacts, context: ScoringContext): CriterionValue[] {
  const values = [servers(candidate, facts, context), need(candidate, facts)];
  if (candidate.package === undefined) return values;
  values.push(packagesTakenOn(candidate, facts.own), releaseLine(facts.own));
  if (candidate.ecosystem !== 'javascript' && candidate.ecosystem !== 'any') return values;
  values.push(types(facts));
  const wanted = context.constraints.engines['node'];
  if (wanted !== undefined) values.push(engineRange(facts.own, wanted));
  values.push(replacements(facts));
  return values;
}

function servers(candidate: Candidate, facts: CandidateFacts, context: ScoringContext): CriterionValue {
  const added = newServers(candidate, context.inUse);
  const value = added.length === 0 ? 1 : added.length === 1 ? 0.5 : 0;
  const suffix = added.length === 0 ? '' : ` (${added.join(', ')})`;
  return known('C1', value, suffix, serverCitations(candidate, facts, context));
}

function need(candidate: Candidate, facts: CandidateFacts): CriterionValue {
  const proven = provenNeed(candidate, facts);
  return proven ? known('C2', proven.value, '', [proven.citation]) : unknown('C2');
}

/** Packages a choice brings to the manifest: dependencies, peers that aren't optional, companions; each name once, sorted. */
export function packagesOf(candidate: Candidate, record: PackageRecord): string[] {
  const peers = Object.keys(record.peerDependencies ?? {}).filter(
    (name) => record.peerDependenciesMeta?.[name]?.optional !== true,
  );
  return [...new Set([...Object.keys(record.dependencies ?? {}), ...peers, ...candidate.companions])].sort();
}

function packagesTakenOn(candidate: Candidate, own: StoredRecord | undefined): CriterionValue {
  if (!own) return unknown('C3');
  const names = packagesOf(candidate, own.record);
  const citations = names.flatMap((name) => {
    const field = own.record.dependencies?.[name] === undefined ? 'peerDependencies' : 'dependencies';
    return cite(own.record, own.evidence, `/${field}/${escapeStep(name)}`) ?? [];
  });
  const value = 1 - Math.min(names.length, MOST_PACKAGES) / MOST_PACKAGES;
  return known('C3', value, ` (${names.length})`, citations.length > 0 ? citations : identity(own));
}

const UNFINISHED = new Set(['alpha', 'beta', 'rc']);

function releaseLine(own: StoredRecord | undefined): CriterionValue {
  const version = own && semver.parse(own.record.version);
  if (!own || !version) return unknown('C4');
  const unstable = Object.entries(own.record.dependencies ?? {})
    .filter(([, range]) => isUnfinished(range))
    .map(([name]) => name)
    .sort();
  const base = version.major >= 1 && version.prerelease.length === 0 ? 1 : 0.5;
  const pointers = ['/version', ...unstable.map((name) => `/dependencies/${escapeStep(name)}`)];
  const citations = pointers.flatMap((pointer) => cite(own.record, own.evidence, pointer) ?? []);
  return known('C4', unstable.length > 0 ? base - 0.25 : base, '', citations);
}

function isUnfinished(range: string): boolean {
  if (semver.validRange(range) === null) return false;
  const tags = semver.minVersion(range)?.prerelease ?? [];
  return tags.some((tag) => typeof tag === 'string' && UNFINISHED.has(tag));
}

function types(facts: CandidateFacts): CriterionValue {
  const citation = typesCitation(facts);
  return citation ? known('C5', 1, '', [citation]) : unknown('C5');
}

function engineRange(own: StoredRecord | undefined, wanted: string): CriterionValue {
  const fit = engineFit(own?.record.engines?.['node'], wanted);
  if (!own || fit === 'part' || fit === 'unknown') return unknown('C6');
  const citation = cite(own.record, own.evidence, '/engines/node');
  return known('C6', fit === 'contains' ? 1 : 0, '', citation ? [citation] : []);
}

function replacements({ own, replacements: list }: CandidateFacts): CriterionValue {
  if (!own || !list) return unknown('C7');
  const citation = (name: string): Citation => ({
    evidence: list.evidence,
    pointer: `/mappings/${escapeStep(name)}/moduleName`,
    value: name,
  });
  if (list.names.has(own.record.name)) return known('C7', 0, ' named itself', [citation(own.record.name)]);
  const hits = Object.keys(own.record.dependencies ?? {})
    .filter((name) => list.names.has(name))
    .sort();
  const value = 1 - Math.min(hits.length, MOST_HITS) / MOST_HITS;
  const suffix = hits.length === 0 ? '' : ` (${hits.join(', ')})`;
  return known('C7', value, suffix, hits.length > 0 ? hits.map(citation) : identity(own));
}

/** A count of nothing has no entry to point to; it rests on the record as a whole, named by its version. */
function identity(own: StoredRecord): Citation[] {
  return [{ evidence: own.evidence, pointer: '/version', value: own.record.version }];
}

function known(criterion: CriterionId, value: number, suffix: string, citations: readonly Citation[]): CriterionValue {
  return { criterion, low: value, high: value, shown: `${short(value)}${suffix}`, citations };
}

function unknown(criterion: CriterionId): CriterionValue {
  return { criterion, low: 0, high: 1, shown: '[0,1]', citations: [] };
}

/** `.83`, `1`, `.5`: two decimals at most, no leading zero, as in the tables. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100).replace(/^0\./u, '.');
}
