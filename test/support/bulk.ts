import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { Column, DataSource, Entity, JoinColumn, ManyToOne, PrimaryColumn, VersionColumn } from 'typeorm';
import type { Config } from '../../src/config/config.js';
import { BulkService } from '../../src/shared/database/bulk/bulk.service.js';
import { dataSourceOptions } from '../../src/shared/database/data-source-options.js';
import { APP_ROLE } from '../../src/shared/database/embedded/initialise.js';
import { mintWorkspaceScope } from '../../src/shared/database/workspace-scope.mint.js';
import { testDatabase } from './database.js';

/** One column of each kind. */
@Entity({ name: 'samples' })
export class Sample {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid' })
  workspaceId!: string;
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  title!: string;
  @Column({ type: 'varchar', length: 500, nullable: true })
  note!: string | null;
  @Column({ type: 'char', length: 4, nullable: true })
  code!: string | null;
  @Column({ type: 'int', default: 7 })
  amount!: number;
  @Column({ type: 'smallint', nullable: true })
  small!: number | null;
  @Column({ type: 'bigint', nullable: true })
  big!: string | null;
  @Column({ type: 'double precision', nullable: true })
  ratio!: number | null;
  @Column({ type: 'real', nullable: true })
  share!: number | null;
  @Column({ type: 'numeric', precision: 30, scale: 10, nullable: true })
  price!: string | null;
  @Column({ name: 'is_on', type: 'boolean', nullable: true })
  isOn!: boolean | null;
  @Column({ type: 'timestamptz', nullable: true })
  at!: Date | null;
  @Column({ type: 'timestamp', nullable: true })
  wall!: Date | null;
  @Column({ type: 'date', nullable: true })
  day!: string | null;
  @Column({ type: 'bytea', nullable: true })
  body!: Buffer | null;
  @Column({ type: 'jsonb', nullable: true })
  facts!: unknown;
  @Column({ type: 'json', nullable: true })
  raw!: unknown;
  @Column({ type: 'text', array: true, nullable: true })
  tags!: (string | null)[] | null;
  @Column({ type: 'int', array: true, nullable: true })
  numbers!: number[] | null;
  @Column({ type: 'timestamptz', array: true, nullable: true })
  times!: Date[] | null;
  @Column({ type: 'jsonb', array: true, nullable: true })
  docs!: unknown[] | null;
  @Column({ type: 'enum', enum: ['calm', 'cross'], enumName: 'mood', nullable: true })
  mood!: 'calm' | 'cross' | null;
  @Column({ type: 'inet', nullable: true })
  address!: string | null;
  @Column({ type: 'simple-array', nullable: true })
  list!: string[] | null;
  @Column({
    type: 'text',
    nullable: true,
    transformer: {
      to: (value?: string | null) => value && [...value].reverse().join(''),
      from: (value: string | null) => value && [...value].reverse().join(''),
    },
  })
  mirrored!: string | null;
  @Column({ name: 'made_at', type: 'timestamptz', default: () => 'now()' })
  madeAt!: Date;
  @Column({ type: 'int', generatedType: 'STORED', asExpression: 'amount * 2' })
  twice!: number;
}

/** A row that is written again and again. */
@Entity({ name: 'counters' })
export class Counter {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid' })
  workspaceId!: string;
  @PrimaryColumn({ type: 'text' })
  id!: string;
  @Column({ type: 'int', default: 7 })
  a!: number;
  @Column({ type: 'text', nullable: true })
  b!: string | null;
  @VersionColumn({ type: 'int', default: 1 })
  version!: number;
}

/** Of a table of the installation. */
@Entity({ name: 'places' })
export class Place {
  @PrimaryColumn({ type: 'int' })
  id!: number;
  @Column({ type: 'text' })
  name!: string;
}

class Span {
  @Column({ name: 'from_day', type: 'date' })
  fromDay!: string;
  @Column({ name: 'to_day', type: 'date', nullable: true })
  toDay!: string | null;
}

/** With columns that are not properties of their own. */
@Entity({ name: 'visits' })
export class Visit {
  @PrimaryColumn({ type: 'int' })
  id!: number;
  @Column(() => Span, { prefix: false })
  span!: Span;
  @ManyToOne(() => Place, { nullable: true })
  @JoinColumn({ name: 'place_id' })
  place!: Place | null;
}

const TABLES = [
  `CREATE TYPE mood AS ENUM ('calm', 'cross')`,
  `CREATE TABLE samples (workspace_id uuid NOT NULL, id uuid NOT NULL, title text NOT NULL, note varchar(500), code char(4),
     amount int NOT NULL DEFAULT 7 CHECK (amount <> 13), small smallint, big bigint, ratio double precision, share real,
     price numeric(30, 10), is_on boolean, at timestamptz, wall timestamp, day date, body bytea, facts jsonb, raw json,
     tags text[], numbers int[], times timestamptz[], docs jsonb[], mood mood, address inet, list text, mirrored text,
     made_at timestamptz NOT NULL DEFAULT now(), twice int GENERATED ALWAYS AS (amount * 2) STORED,
     PRIMARY KEY (workspace_id, id))`,
  `CREATE TABLE counters (workspace_id uuid NOT NULL, id text NOT NULL, a int NOT NULL DEFAULT 7, b text,
     version int NOT NULL DEFAULT 1, PRIMARY KEY (workspace_id, id))`,
  `CREATE TABLE places (id int PRIMARY KEY, name text NOT NULL)`,
  `CREATE TABLE visits (id int PRIMARY KEY, from_day date NOT NULL, to_day date, place_id int REFERENCES places (id))`,
  `GRANT ALL ON samples, counters, places, visits TO ${APP_ROLE}`,
];

export const OURS = mintWorkspaceScope('00000000-0000-7000-8000-000000000001');
export const THEIRS = mintWorkspaceScope('00000000-0000-7000-8000-0000000000ff');

export interface BulkKit {
  readonly source: DataSource;
  readonly bulk: BulkService;
  /** SQL that was sent since it was last emptied. */
  readonly sent: string[];
  close(): Promise<void>;
}

/** The service over a pool like the product's, with chunks of 5 rows, and tables of its own. */
export async function bulkKit(): Promise<BulkKit> {
  const database = await testDatabase();
  const owner = new pg.Client(database.ownerUrl);
  await owner.connect();
  for (const sql of TABLES) await owner.query(sql);
  await owner.end();
  const settings = {
    log: { level: 'debug', components: {} },
    database: { poolSize: 1, maxOverflow: 3, poolTimeoutMs: 10_000, poolRecycleMs: 60_000, slowQueryMs: 60_000 },
    bulk: { insertChunkSize: 5, updateChunkSize: 5 },
  };
  const config = { ...settings, database: { ...settings.database, statementTimeoutMs: 20_000 } } as unknown as Config;
  const sent: string[] = [];
  const options = dataSourceOptions(config, database.url, (_level, message) => void sent.push(message));
  const source = await new DataSource({ ...options, entities: [Sample, Counter, Place, Visit] }).initialize();
  return {
    source,
    bulk: new BulkService(source, config),
    sent,
    close: async () => {
      await source.destroy();
      await database.close();
    },
  };
}

/** 16 random bytes as a UUID. */
export function uuid(): string {
  const hex = randomBytes(16).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Rows that have nothing wrong, `count` of them. */
export const samples = (count: number): { readonly id: string; readonly title: string }[] =>
  Array.from({ length: count }, (_, number) => ({ id: uuid(), title: `row ${number}` }));
