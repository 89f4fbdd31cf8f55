import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EvidenceSource } from '../research.types.js';

/** A piece of evidence as it is stored; without body: its tombstone. */
@Entity({ name: 'evidence' })
export class EvidenceEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid' })
  workspaceId!: string;

  /** Of the body, in hexadecimal digits. */
  @PrimaryColumn({ type: 'text' })
  sha256!: string;

  @Column({ type: 'text' })
  source!: EvidenceSource;

  @Column({ type: 'text' })
  title!: string;

  @Column({ name: 'media_type', type: 'text' })
  mediaType!: string;

  @Column({ type: 'text', nullable: true })
  url!: string | null;

  @Column({ name: 'subject_name', type: 'text', nullable: true })
  subjectName!: string | null;

  @Column({ name: 'subject_version', type: 'text', nullable: true })
  subjectVersion!: string | null;

  @Column({ type: 'bytea', nullable: true })
  body!: Buffer | null;

  /** Length of the body. */
  @Column({ type: 'integer' })
  bytes!: number;

  @Column({ name: 'fetched_at', type: 'timestamptz' })
  fetchedAt!: Date;

  @Column({ type: 'jsonb', default: {} })
  provenance!: object;

  @Column({ name: 'removed_at', type: 'timestamptz', nullable: true })
  removedAt!: Date | null;

  @Column({ name: 'removed_by', type: 'text', nullable: true })
  removedBy!: string | null;
}
