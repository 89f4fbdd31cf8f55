import type { OnApplicationShutdown } from '@nestjs/common';
import { bulkhead } from 'cockatiel';
import type { NpmConfig, RegistryAddress } from './npm-config.js';
import { versionOfFullRecord } from './full-record.js';
import { filesOfArchive } from './tar-files.js';
import { readJson } from '../../../shared/egress/body.js';
import { ConfiguredOrigin, type EgressSurroundings } from '../../../shared/egress/configured-origin.js';
import { EgressError } from '../../../shared/egress/egress-error.js';
import { AppError } from '../../../shared/errors/app-error.js';
import type { Provenance } from '../../../shared/egress/egress.types.js';

/** Time and size limits of a registry; durations in milliseconds. */
export interface RegistryLimits {
  /** A whole call with its retries: `/latest` is 2.6 KB, so a longer wait means that nothing comes. */
  readonly deadlineMs: number;
  readonly attemptMs: number;
  readonly connectMs: number;
  /** Full records and package files are larger. */
  readonly largeDeadlineMs: number;
  /** Bytes, decompressed. */
  readonly maxBytes: number;
  readonly maxFileBytes: number;
  readonly concurrency: number;
}

/** Name of the registry in metrics and provenance, whichever address is configured. */
export const NPM_UPSTREAM = 'npm-registry';

export const REGISTRY_LIMITS: RegistryLimits = {
  deadlineMs: 8_000,
  attemptMs: 4_000,
  connectMs: 2_500,
  largeDeadlineMs: 20_000,
  maxBytes: 60 * 1024 * 1024,
  maxFileBytes: 2 * 1024 * 1024,
  concurrency: 16,
};

/** One version's record as the registry sends it: untrusted JSON. */
export type RawRecord = Readonly<Record<string, unknown>>;

export type RegistryAnswer<T> =
  | { readonly kind: 'found'; readonly value: T; readonly etag?: string; readonly provenance: Provenance }
  | { readonly kind: 'not-modified'; readonly provenance: Provenance }
  /** The registry answered that there is none. */
  | { readonly kind: 'missing'; readonly reason: string; readonly provenance?: Provenance }
  /**
   * No usable answer. `reason` is for documents: it holds no address and is the same whichever way the registry failed,
   * since that differs from call to call (the breaker sees to it). `detail` says what happened, for the log.
   */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly detail?: string };

/**
 * Reads package records and single files of packages through the user's npm configuration. Never throws for what a
 * registry may do: that a package could not be read is an answer.
 */
export class NpmRegistryClient implements OnApplicationShutdown {
  private readonly origins = new Map<string, ConfiguredOrigin>();
  /** Full records are up to 50 MB: only two at a time, so that they don't hold up the small ones. */
  private readonly large = bulkhead(2, Number.MAX_SAFE_INTEGER);

  constructor(
    private readonly config: NpmConfig,
    private readonly around: EgressSurroundings,
    private readonly limits: RegistryLimits,
  ) {}

  /** Address of the newest record of a package; the key under which its facts are kept. @throws AppError `npm_registry_invalid` */
  latestUrl(name: string): string {
    return new URL(`${encodedName(name)}/latest`, this.config.addressOf(name).url).href;
  }

  /** The record that the tag `latest` names. */
  async latest(name: string, etag?: string): Promise<RegistryAnswer<RawRecord>> {
    return this.record(name, 'latest', etag);
  }

  /** The record of one version. */
  async version(name: string, version: string): Promise<RegistryAnswer<RawRecord>> {
    return this.record(name, version);
  }

  /**
   * Files of a package by their path inside it. Only what single facts need is kept, and the archive is read no further
   * than the last of them.
   */
  async files(
    name: string,
    tarball: string,
    paths: readonly string[],
  ): Promise<RegistryAnswer<ReadonlyMap<string, Buffer>>> {
    return this.answered<ReadonlyMap<string, Buffer>>(async () => {
      const address = this.config.addressOf(name);
      const url = this.config.fileUrl(tarball, address);
      if (url === undefined)
        return { kind: 'unavailable', reason: 'the package file lies at another origin than the registry' };
      const { maxBytes, maxFileBytes, largeDeadlineMs } = this.limits;
      const answer = await this.origin({ ...address, url }).get(
        { path: url.pathname + url.search, accept: '*/*', deadlineMs: largeDeadlineMs, attemptMs: largeDeadlineMs },
        (body) => filesOfArchive(body, paths, { maxBytes, maxFileBytes }),
      );
      if (answer.value === undefined) return refused(answer.status, 'the package file');
      return { kind: 'found', value: answer.value, provenance: answer.provenance };
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.origins.values()].map((origin) => origin.close()));
  }

  private async record(name: string, version: string, etag?: string): Promise<RegistryAnswer<RawRecord>> {
    return this.answered<RawRecord>(async () => {
      const address = this.config.addressOf(name);
      const origin = this.origin(address);
      const base = address.url.pathname + encodedName(name);
      const answer = await origin.get({ path: `${base}/${encodeURIComponent(version)}`, etag }, readJson);
      const { provenance } = answer;
      if (answer.notModified) return { kind: 'not-modified', provenance };
      if (isRecord(answer.value)) return { kind: 'found', value: answer.value, etag: answer.etag, provenance };
      if (answer.value !== undefined)
        return { kind: 'unavailable', reason: 'the registry sent something that is no package record' };
      // Some registries know only full records and answer 405, 400 or 404 for a tag.
      if (answer.status === 401 || answer.status === 403) return refused(answer.status, name);
      return this.large.execute(() => this.fromFullRecord(origin, base, name, version));
    });
  }

  private async fromFullRecord(
    origin: ConfiguredOrigin,
    path: string,
    name: string,
    version: string,
  ): Promise<RegistryAnswer<RawRecord>> {
    const { largeDeadlineMs } = this.limits;
    const request = { path, deadlineMs: largeDeadlineMs, attemptMs: largeDeadlineMs };
    const answer = await origin.get(request, (body) => versionOfFullRecord(body, version));
    if (answer.status < 200 || answer.status > 299) return refused(answer.status, name);
    if (!isRecord(answer.value)) {
      return {
        kind: 'missing',
        reason: `the registry has no ${version} version of ${name}`,
        provenance: answer.provenance,
      };
    }
    return { kind: 'found', value: answer.value, provenance: answer.provenance };
  }

  private async answered<T>(work: () => Promise<RegistryAnswer<T>>): Promise<RegistryAnswer<T>> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof EgressError) return { kind: 'unavailable', reason: NO_ANSWER, detail: error.message };
      if (error instanceof AppError) return { kind: 'unavailable', reason: error.message };
      throw error;
    }
  }

  /** One breaker, bulkhead and pool for each registry, however many scopes point to it. */
  private origin(address: RegistryAddress): ConfiguredOrigin {
    const key = `${address.url.origin} ${address.authorization ?? ''}`;
    const known = this.origins.get(key);
    if (known !== undefined) return known;
    const made = new ConfiguredOrigin(
      {
        upstream: NPM_UPSTREAM,
        origin: address.url,
        deadlineMs: this.limits.deadlineMs,
        attemptMs: this.limits.attemptMs,
        connectMs: this.limits.connectMs,
        maxBytes: this.limits.maxBytes,
        concurrency: this.limits.concurrency,
        authorization: address.authorization,
        proxy: address.proxy,
        ca: address.ca,
        strictTls: address.strictTls,
      },
      this.around,
    );
    this.origins.set(key, made);
    return made;
  }
}

const NO_ANSWER = 'the package registry gave no usable answer; check its address, the proxy and the network';

/** npm asks for `@scope%2fname`; a name can't leave its place in the path. */
function encodedName(name: string): string {
  return encodeURIComponent(name).replace('%40', '@');
}

function isRecord(value: unknown): value is RawRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(status: number, what: string): RegistryAnswer<never> {
  if (status === 404 || status === 410) return { kind: 'missing', reason: `the registry does not know ${what}` };
  if (status === 401 || status === 403) {
    return {
      kind: 'unavailable',
      reason: `the registry refuses access to ${what}; check the token in the npm configuration`,
    };
  }
  return { kind: 'unavailable', reason: `the registry answered ${status} for ${what}` };
}
