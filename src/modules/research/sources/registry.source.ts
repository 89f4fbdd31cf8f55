import { Injectable, Logger } from '@nestjs/common';
import { bulkhead } from 'cockatiel';
import DataLoader from 'dataloader';
import semver from 'semver';
import { Clock } from '../../../shared/clock/clock.js';
import { NpmRegistryClient, type RawRecord, type RegistryAnswer } from '../clients/npm-registry.client.js';
import { canonicalJson } from '../../../shared/canonical-json/canonical-json.js';
import { projectRecord } from '../evidence/package-record.js';
import { pieceOf } from '../evidence/piece.js';
import { EvidenceService } from '../evidence.service.js';
import { FactsRepository } from '../facts.repository.js';
import { PUBLIC_SCOPE } from '../public-scope.js';
import type { PackageRecord } from '../research.types.js';
import type { StoredFile } from '../scoring/scoring.types.js';
import {
  factOf,
  fileOf,
  fileSnapshot,
  fileUrl,
  isNewMajor,
  reasonOf,
  type RegistryFact,
  type RegistryFiles,
  type StoredFact,
  tarballOf,
  unknown,
} from './registry-fact.js';

const HOUR_MS = 3_600_000;
/** How long an answer counts as fresh; after that it is asked again, with the ETag if there was one. */
const FRESH_MS = 24 * HOUR_MS;
/** Answers under way from the call to the stored row: what a crash may lose, and so repeat, at most. */
const MAX_IN_FLIGHT = 8;
/** A package that does not exist may be published any time. */
const FRESH_MISSING_MS = HOUR_MS;

/** Addresses that one statement asks for at most. */
const MAX_LOOKED_UP = 500;

/** Where facts of packages come from. */
export interface PackageFacts {
  /** The newest record of a package. Never throws for what a registry may do. */
  record(name: string): Promise<RegistryFact>;
  /**
   * Files of the version that `fact` speaks of. Contents of a published version never change, so a file is fetched once
   * and for ever; that it is not in the package is remembered too.
   */
  files(fact: RegistryFact, paths: readonly string[]): Promise<RegistryFiles>;
}

/** Says that the registry would have to be asked. */
export class FactNotStored extends Error {}

/**
 * Package facts as evidence. Each answer becomes a stored piece and a row that says when it was asked, both public, so
 * that a second run and a restart ask the registry nothing that is still fresh. Calls for the same package at the same
 * time are one call. When the registry does not answer, the last stored record is used and said so.
 */
@Injectable()
export class RegistrySource implements PackageFacts {
  private readonly log = new Logger('research');
  private readonly running = new Map<string, Promise<RegistryFact>>();
  /** A session asks for some 70 packages in one moment: they are looked up together, and nothing is remembered here. */
  private readonly remembered = new DataLoader<string, StoredFact | undefined>((urls) => this.lookUp(urls), {
    cache: false,
    maxBatchSize: MAX_LOOKED_UP,
  });
  private readonly inFlight = bulkhead(MAX_IN_FLIGHT, Number.MAX_SAFE_INTEGER);
  private readonly newMajorListeners: ((name: string) => Promise<void>)[] = [];

  constructor(
    private readonly client: NpmRegistryClient,
    private readonly facts: FactsRepository,
    private readonly evidence: EvidenceService,
    private readonly clock: Clock,
  ) {}

  /** The same facts as far as they are stored and fresh; asks nobody, throws FactNotStored instead. */
  readonly stored: PackageFacts = {
    record: (name) => this.recordOnce(name, unasked, (fact) => this.isFresh(fact)),
    files: (fact, paths) => this.filesOf(fact, paths, unasked),
  };

  record(name: string): Promise<RegistryFact> {
    return this.running.get(name) ?? this.begin(name, (fact) => this.isFresh(fact));
  }

  /** The newest record, asked for although the stored one may still be fresh. */
  renew(name: string): Promise<RegistryFact> {
    return this.running.get(name) ?? this.begin(name, () => false);
  }

  /** Called when a stored record was replaced by one of a newer major version. */
  onNewMajor(listener: (name: string) => Promise<void>): void {
    this.newMajorListeners.push(listener);
  }

  /** The package whose newest record lies at this address; undefined when the configured registries have it elsewhere. */
  packageAt(url: string): string | undefined {
    const name = decodeURIComponent(url.split('/').at(-2) ?? '');
    return name !== '' && this.client.latestUrl(name) === url ? name : undefined;
  }

  files(fact: RegistryFact, paths: readonly string[]): Promise<RegistryFiles> {
    return this.filesOf(fact, paths, (call) => this.inFlight.execute(call));
  }

  private async filesOf(fact: RegistryFact, paths: readonly string[], ask: Ask<RegistryFiles>): Promise<RegistryFiles> {
    const { stored, tarball } = fact;
    if (stored === undefined || paths.length === 0) return { files: [] };
    if (tarball === undefined)
      return { files: [], reason: `the record of ${stored.record.name} names no package file` };
    const known = await Promise.all(
      paths.map(async (path) => ({ path, fact: await this.remembered.load(fileUrl(tarball, path)) })),
    );
    const missing = known.flatMap(({ path, fact }) => (fact === undefined ? [path] : []));
    const files = known.flatMap(({ path, fact }) =>
      fact?.piece === undefined ? [] : [fileOf(stored.record.name, path, fact.piece)],
    );
    if (missing.length === 0) return { files };
    const fetched = await ask(() => this.fetchFiles(stored.record, tarball, missing));
    return { ...fetched, files: [...files, ...fetched.files] };
  }

  private async fetchFiles(record: PackageRecord, tarball: string, paths: readonly string[]): Promise<RegistryFiles> {
    const answer = await this.client.files(record.name, tarball, paths);
    if (answer.kind === 'found') return { files: await this.storeFiles(record, tarball, paths, answer) };
    this.log.debug({ package: record.name, answer }, 'a package file could not be read');
    return { files: [], reason: reasonOf(answer) };
  }

  private begin(name: string, suffices: (fact: StoredFact) => boolean): Promise<RegistryFact> {
    const ask = (call: () => Promise<RegistryFact>) => this.inFlight.execute(call);
    const started = this.recordOnce(name, ask, suffices).finally(() => this.running.delete(name));
    this.running.set(name, started);
    return started;
  }

  private async recordOnce(
    name: string,
    ask: Ask<RegistryFact>,
    suffices: (fact: StoredFact) => boolean,
  ): Promise<RegistryFact> {
    const url = this.client.latestUrl(name);
    const known = await this.remembered.load(url);
    if (known !== undefined && suffices(known)) return factOf(name, known);
    // Without its body an unchanged record would be of no use: then it's asked for as if for the first time.
    const etag = known?.piece === undefined ? undefined : known.etag;
    return ask(async () => this.settle(name, url, await this.client.latest(name, etag), known));
  }

  /** What is remembered of each address, with its evidence; two statements, however many are asked for. */
  private async lookUp(urls: readonly string[]): Promise<(StoredFact | undefined)[]> {
    const facts = await this.facts.findMany(PUBLIC_SCOPE, [...new Set(urls)]);
    const hashes = [...facts.values()].flatMap(({ sha256 }) => sha256 ?? []);
    const pieces = await this.evidence.getMany(PUBLIC_SCOPE, hashes);
    return urls.map((url) => {
      const fact = facts.get(url);
      return fact && { ...fact, piece: pieces.get(fact.sha256 ?? '') };
    });
  }

  private async settle(
    name: string,
    url: string,
    answer: RegistryAnswer<RawRecord>,
    known: StoredFact | undefined,
  ): Promise<RegistryFact> {
    const now = this.clock.now();
    switch (answer.kind) {
      case 'not-modified':
        await this.facts.touch(PUBLIC_SCOPE, url, now);
        return known === undefined ? unknown(`the registry sent nothing for ${name}`) : factOf(name, known);
      case 'missing':
        await this.facts.save(PUBLIC_SCOPE, { url, status: 404, facts: {}, fetchedAt: now });
        return { reason: answer.reason, degraded: false };
      case 'found':
        return this.replace(name, url, answer, known);
      case 'unavailable': {
        this.log.debug({ package: name, detail: answer.detail ?? answer.reason }, 'a package record could not be read');
        const older = known === undefined ? undefined : factOf(name, known);
        if (older?.stored === undefined) return unknown(answer.reason);
        return { ...older, reason: `${answer.reason}; its stored record of ${name} is used`, degraded: true };
      }
    }
  }

  private async replace(
    name: string,
    url: string,
    answer: Extract<RegistryAnswer<RawRecord>, { kind: 'found' }>,
    known: StoredFact | undefined,
  ): Promise<RegistryFact> {
    const fact = await this.store(name, url, answer);
    // Only once it is stored: who researches anew reads the new record.
    if (isNewMajor(known?.piece?.subject?.version, fact.stored?.record.version))
      for (const listener of this.newMajorListeners) await listener(name);
    return fact;
  }

  private async store(
    name: string,
    url: string,
    answer: Extract<RegistryAnswer<RawRecord>, { kind: 'found' }>,
  ): Promise<RegistryFact> {
    const record = projectRecord(answer.value);
    if (record?.name !== name || semver.valid(record.version) === null) {
      return unknown(`the registry sent no usable record of ${name}`);
    }
    const piece = pieceOf({
      source: 'registry',
      title: `record ${name} ${record.version}`,
      mediaType: 'application/json',
      body: canonicalJson(record),
      url,
      fetchedAt: answer.provenance.fetchedAt,
      subject: { name, version: record.version },
    });
    await this.evidence.put(PUBLIC_SCOPE, [{ ...piece, provenance: answer.provenance }]);
    const fact: StoredFact = {
      url,
      etag: answer.etag,
      status: 200,
      sha256: piece.sha256,
      facts: tarballOf(answer.value),
      fetchedAt: this.clock.now(),
      piece,
    };
    await this.facts.save(PUBLIC_SCOPE, fact);
    return factOf(name, fact);
  }

  private async storeFiles(
    record: PackageRecord,
    tarball: string,
    paths: readonly string[],
    answer: Extract<RegistryAnswer<ReadonlyMap<string, Buffer>>, { kind: 'found' }>,
  ): Promise<StoredFile[]> {
    const { name, version } = record;
    const found = paths.flatMap((path) => {
      const text = answer.value.get(path)?.toString('utf8');
      if (text === undefined) return [];
      const { fetchedAt } = answer.provenance;
      const url = fileUrl(tarball, path);
      const subject = { name, version };
      const title = `${name} ${version} ${path}`;
      const body = fileSnapshot(title, text);
      return {
        path,
        piece: pieceOf({ source: 'registry', title, mediaType: 'text/plain', body, url, fetchedAt, subject }),
      };
    });
    await this.evidence.put(
      PUBLIC_SCOPE,
      found.map(({ piece }) => ({ ...piece, provenance: answer.provenance })),
    );
    for (const path of paths) {
      const sha256 = found.find((file) => file.path === path)?.piece.sha256;
      const status = sha256 === undefined ? 404 : 200;
      const url = fileUrl(tarball, path);
      await this.facts.save(PUBLIC_SCOPE, { url, status, sha256, facts: {}, fetchedAt: this.clock.now() });
    }
    return found.map(({ path, piece }) => fileOf(name, path, piece));
  }

  private isFresh(fact: StoredFact): boolean {
    if (fact.status === 200 && fact.piece === undefined) return false;
    const age = this.clock.now().getTime() - fact.fetchedAt.getTime();
    return age < (fact.status === 200 ? FRESH_MS : FRESH_MISSING_MS);
  }
}

/** Makes a call to the registry, or refuses to. */
type Ask<T> = (call: () => Promise<T>) => Promise<T>;

const unasked = (): Promise<never> => Promise.reject(new FactNotStored());
