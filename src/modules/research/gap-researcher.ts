import { Injectable, Logger } from '@nestjs/common';
import { candidatesFor } from './catalogue/catalogue.js';
import type { Candidate, Citation, ResearchedOption, ResearchRequest, ResearchResult } from './research.types.js';
import { ReleaseMarks } from './release-marks.js';
import { fileToProve } from './scoring/category-need.js';
import { constraintsOf } from './scoring/constraints.js';
import type { CandidateFacts } from './scoring/scoring.types.js';
import { typesCitation } from './scoring/type-declarations.js';
import { valuesOf } from './scoring/values.js';
import { DatasetSource } from './sources/dataset.source.js';
import type { RegistryFact } from './sources/registry-fact.js';
import { FactNotStored, RegistrySource, type PackageFacts } from './sources/registry.source.js';
import { declarationBeside } from './sources/types-file.js';

/** Facts of one candidate and what could not be learned, in words. */
interface Gathered {
  readonly facts: CandidateFacts;
  readonly unknownBecause?: string;
  /** Sources that did not answer. */
  readonly degraded: readonly string[];
}

const UNREACHED: Readonly<Record<string, string>> = {
  python: 'no Python package registry is read',
  java: 'no Java package registry is read',
  go: 'no Go module source is read',
};

/**
 * Finds the options of one gap and their facts. Candidates run in parallel (the registry's bulkhead bounds the calls);
 * what goes wrong with one package makes its facts unknown and never fails the gap.
 */
@Injectable()
export class GapResearcher {
  private readonly log = new Logger('research');

  constructor(
    private readonly registry: RegistrySource,
    private readonly datasets: DatasetSource,
    private readonly releases: ReleaseMarks,
  ) {}

  /** Researches the gap anew; what it rests on is stored as evidence. */
  research(request: ResearchRequest): Promise<ResearchResult> {
    return this.researchBy(this.registry, request);
  }

  /** The same when all of it is stored and fresh; asks nobody. */
  async fromStored(request: ResearchRequest): Promise<ResearchResult | undefined> {
    try {
      return await this.researchBy(this.registry.stored, request);
    } catch (error) {
      if (error instanceof FactNotStored) return undefined;
      throw error;
    }
  }

  private async researchBy(packages: PackageFacts, request: ResearchRequest): Promise<ResearchResult> {
    await this.datasets.store();
    const gathered = await Promise.all(
      optionsOf(request).map(async (candidate) => ({ candidate, found: await this.gather(packages, candidate) })),
    );
    const options = gathered.map(({ candidate, found }) => this.assess(candidate, found, request));
    const result: ResearchResult = {
      category: request.category,
      options: options.sort((a, b) => byText(a.candidate.id, b.candidate.id)),
      evidence: citedBy(
        options,
        gathered.map(({ found }) => found.facts),
      ),
      degraded: [...new Set(gathered.flatMap(({ found }) => found.degraded))].sort(byText),
    };
    await this.releases.mark(result);
    return result;
  }

  private async gather(packages: PackageFacts, candidate: Candidate): Promise<Gathered> {
    const replacements = this.datasets.replacementNames();
    const unreached = UNREACHED[candidate.ecosystem];
    if (unreached !== undefined) return { facts: {}, unknownBecause: unreached, degraded: [] };
    const own = candidate.package === undefined ? undefined : await packages.record(candidate.package);
    const [files, typesPackage] = await Promise.all([
      this.files(packages, candidate, own),
      this.typesPackage(packages, candidate, own),
    ]);
    const facts = {
      ...(own?.stored && { own: own.stored }),
      ...(typesPackage?.stored && { typesPackage: typesPackage.stored }),
      files: files.files,
      replacements,
    };
    const reasons = [own, typesPackage].flatMap((fact) => (fact?.degraded === true ? [fact.reason ?? ''] : []));
    return {
      facts,
      ...(own !== undefined &&
        own.stored === undefined && { unknownBecause: own.reason ?? 'the registry sent nothing' }),
      degraded: [...reasons, ...files.degraded].filter((reason) => reason !== ''),
    };
  }

  /** Contents of packages are opened for two facts only: the category's need, and types that the record does not show. */
  private async files(packages: PackageFacts, candidate: Candidate, own: RegistryFact | undefined) {
    const wanted = new Map<string, string[]>();
    const need = fileToProve(candidate);
    if (need !== undefined) wanted.set(need.package, [need.path]);
    const beside = own?.stored && lacksTypes(candidate, own) ? declarationBeside(own.stored.record) : undefined;
    if (beside !== undefined && candidate.package !== undefined) {
      wanted.set(candidate.package, [...new Set([...(wanted.get(candidate.package) ?? []), beside])]);
    }
    const answers = await Promise.all(
      [...wanted].map(async ([name, paths]) => {
        const fact = name === candidate.package && own !== undefined ? own : await packages.record(name);
        return packages.files(fact, paths);
      }),
    );
    return {
      files: answers.flatMap((answer) => answer.files),
      degraded: answers.flatMap((answer) => (answer.reason === undefined ? [] : [answer.reason])),
    };
  }

  private async typesPackage(
    packages: PackageFacts,
    candidate: Candidate,
    own: RegistryFact | undefined,
  ): Promise<RegistryFact | undefined> {
    const name = candidate.companions.find((companion) => companion.startsWith('@types/'));
    if (name === undefined || own?.stored === undefined || typesCitation({ own: own.stored }) !== undefined)
      return undefined;
    return packages.record(name);
  }

  private assess(candidate: Candidate, found: Gathered, request: ResearchRequest): ResearchedOption {
    const context = { constraints: request.constraints, inUse: request.inUse };
    const record = found.facts.own?.record;
    try {
      return {
        candidate,
        ...(record && { record }),
        ...(found.unknownBecause !== undefined && { unknownBecause: found.unknownBecause }),
        constraints: constraintsOf(candidate, found.facts, context),
        values: valuesOf(candidate, found.facts, context),
      };
    } catch (error) {
      // A record is untrusted: one that scoring can't read costs its own facts, not the gap.
      this.log.warn({ err: error, package: candidate.package }, 'facts of a package could not be evaluated');
      const facts = {};
      return {
        candidate,
        unknownBecause: 'its record could not be evaluated',
        constraints: constraintsOf(candidate, facts, context),
        values: valuesOf(candidate, facts, context),
      };
    }
  }
}

/** Candidates in the catalogue's fixed order, cut to the limit; a built-in exists only beside what it is built into. */
function optionsOf(request: ResearchRequest): Candidate[] {
  return candidatesFor(request.category, request.ecosystem)
    .filter(({ builtInto }) => builtInto === undefined || builtInto.some((slug) => request.inUse.includes(slug)))
    .slice(0, request.maxOptions);
}

function lacksTypes(candidate: Candidate, own: RegistryFact): boolean {
  const isNpm = candidate.ecosystem === 'javascript' || candidate.ecosystem === 'any';
  const hasCompanion = candidate.companions.some((name) => name.startsWith('@types/'));
  return isNpm && !hasCompanion && own.stored !== undefined && typesCitation({ own: own.stored }) === undefined;
}

function citedBy(options: readonly ResearchedOption[], facts: readonly CandidateFacts[]): string[] {
  const citations: Citation[] = options.flatMap((option) =>
    [...option.constraints, ...option.values].flatMap((part) => part.citations),
  );
  const records = facts.flatMap(({ own }) => (own === undefined ? [] : [own.evidence]));
  return [...new Set([...citations.map(({ evidence }) => evidence), ...records])].sort(byText);
}

/** By code units, never by locale. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
