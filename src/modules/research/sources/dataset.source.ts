import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Config } from '../../../config/config.js';
import { Clock } from '../../../shared/clock/clock.js';
import { pieceOf } from '../evidence/piece.js';
import { EvidenceService } from '../evidence.service.js';
import { PUBLIC_SCOPE } from '../public-scope.js';
import type { Citation, EvidencePiece, Sha256 } from '../research.types.js';

/** Support dates of one release line of Node.js, `YYYY-MM-DD`. */
export interface NodeRelease {
  readonly start: string;
  readonly lts?: string;
  readonly maintenance?: string;
  readonly end: string;
  readonly codename?: string;
}

/** Data sets that come as npm packages; each file is one piece of evidence, byte for byte. */
const FILES = {
  nodeSchedule: ['node-releases', 'data/release-schedule/release-schedule.json'],
  replacements: ['module-replacements', 'manifests/preferred.json'],
  licences: ['@blueoak/list', 'index.json'],
} as const;
type DataSet = keyof typeof FILES;

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const SCHEDULE = z.record(
  z.string(),
  z.object({
    start: date,
    lts: date.optional(),
    maintenance: date.optional(),
    end: date,
    codename: z.string().optional(),
  }),
);
const REPLACEMENTS = z.object({
  mappings: z.record(z.string(), z.object({ moduleName: z.string(), replacements: z.array(z.string()) })),
});
const LICENCES = z.array(z.object({ name: z.string(), licenses: z.array(z.object({ id: z.string() })) }));

/** A fact of a data set and the place in the stored piece that proves it. */
export interface DataFact<T> {
  readonly value: T;
  readonly citation: Citation;
}

/**
 * Node's release schedule, packages that the ecosystem advises to replace, and licences as lawyers rated them, read from
 * installed data packages. Titles carry the package's version, so a document says which edition it rests on.
 */
@Injectable()
export class DatasetSource {
  private readonly pieces = new Map<DataSet, EvidencePiece>();
  private stored?: Promise<void>;
  private parsed: {
    schedule?: z.infer<typeof SCHEDULE>;
    replacements?: z.infer<typeof REPLACEMENTS>['mappings'];
    replacementNames?: ReadonlySet<string>;
    licences?: z.infer<typeof LICENCES>;
  } = {};

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly evidence: EvidenceService,
  ) {}

  /** Puts all pieces into the public evidence, once in a process; a failure is tried again by the next caller. */
  async store(): Promise<void> {
    this.stored ??= this.evidence.put(PUBLIC_SCOPE, this.all()).catch((error: unknown) => {
      this.stored = undefined;
      throw error;
    });
    return this.stored;
  }

  all(): EvidencePiece[] {
    return (Object.keys(FILES) as DataSet[]).map((set) => this.piece(set));
  }

  /** Release lines by name (`v24`), with the hash of the schedule. */
  nodeSchedule(): { readonly releases: ReadonlyMap<string, NodeRelease>; readonly evidence: Sha256 } {
    this.parsed.schedule ??= SCHEDULE.parse(this.json('nodeSchedule'));
    return { releases: new Map(Object.entries(this.parsed.schedule)), evidence: this.piece('nodeSchedule').sha256 };
  }

  /** Names of all packages that the list advises to replace. */
  replacementNames(): { readonly names: ReadonlySet<string>; readonly evidence: Sha256 } {
    this.parsed.replacementNames ??= new Set(Object.keys(this.mappings()));
    return { names: this.parsed.replacementNames, evidence: this.piece('replacements').sha256 };
  }

  /** What to use instead of a package; undefined when the list does not name it. */
  replacementsFor(name: string): DataFact<readonly string[]> | undefined {
    const mapping = Object.hasOwn(this.mappings(), name) ? this.mappings()[name] : undefined;
    if (mapping === undefined) return undefined;
    const pointer = `/mappings/${name.replaceAll('~', '~0').replaceAll('/', '~1')}/moduleName`;
    const citation = { evidence: this.piece('replacements').sha256, pointer, value: mapping.moduleName };
    return { value: mapping.replacements, citation };
  }

  /** Rating of an SPDX id by the Blue Oak Council (`Model`, `Gold`, `Silver`, `Bronze`, `Lead`); undefined: not rated. */
  licenceRating(spdx: string): DataFact<string> | undefined {
    this.parsed.licences ??= LICENCES.parse(this.json('licences'));
    for (const [tier, { name, licenses }] of this.parsed.licences.entries()) {
      const at = licenses.findIndex(({ id }) => id === spdx);
      if (at < 0) continue;
      const pointer = `/${tier}/licenses/${at}/id`;
      return { value: name, citation: { evidence: this.piece('licences').sha256, pointer, value: spdx } };
    }
    return undefined;
  }

  private mappings(): z.infer<typeof REPLACEMENTS>['mappings'] {
    this.parsed.replacements ??= REPLACEMENTS.parse(this.json('replacements')).mappings;
    return this.parsed.replacements;
  }

  private json(set: DataSet): unknown {
    return JSON.parse(this.piece(set).body) as unknown;
  }

  private piece(set: DataSet): EvidencePiece {
    const known = this.pieces.get(set);
    if (known !== undefined) return known;
    const [name, path] = FILES[set];
    const require = createRequire(join(this.config.root, 'package.json'));
    const file = require.resolve(`${name}/${path}`);
    const version = versionOf(file.slice(0, -path.length));
    const piece = pieceOf({
      source: 'dataset',
      title: `${name} ${version} ${path.slice(path.lastIndexOf('/') + 1)}`,
      mediaType: 'application/json',
      body: readFileSync(file, 'utf8'),
      fetchedAt: this.clock.now().toISOString(),
      subject: { name, version },
    });
    this.pieces.set(set, piece);
    return piece;
  }
}

function versionOf(folder: string): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
    .version;
}
