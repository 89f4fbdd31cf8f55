import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file of an analysis by its path. */
@Entity({ name: 'analysed_files' })
export class AnalysedFileEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid' })
  workspaceId!: string;

  @PrimaryColumn({ name: 'analysis_id', type: 'uuid' })
  analysisId!: string;

  @PrimaryColumn({ type: 'text' })
  path!: string;

  @Column({ type: 'text' })
  sha256!: string;
}
