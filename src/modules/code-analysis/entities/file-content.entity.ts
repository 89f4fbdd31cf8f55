import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a file of an analysis has in it, once a workspace however many analyses have it. */
@Entity({ name: 'file_contents' })
export class FileContentEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid' })
  workspaceId!: string;

  /** Of the body, in hexadecimal digits. */
  @PrimaryColumn({ type: 'text' })
  sha256!: string;

  @Column({ type: 'bytea' })
  body!: Buffer;

  /** When it was last sent in. */
  @Column({ name: 'sent_at', type: 'timestamptz', default: () => 'now()' })
  sentAt!: Date;
}
