import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EndpointType } from '../code-analyses.types.js';

/** An endpoint that an analysis inferred. */
@Entity({ name: 'endpoints' })
export class EndpointEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid' })
  workspaceId!: string;

  @PrimaryColumn({ name: 'analysis_id', type: 'uuid' })
  analysisId!: string;

  /** Place in the order in which they were inferred, from 1. */
  @PrimaryColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'text' })
  type!: EndpointType;

  @Column({ type: 'text' })
  method!: string;

  @Column({ type: 'text' })
  path!: string;

  @Column({ type: 'text' })
  framework!: string;

  @Column({ type: 'text' })
  confidence!: string;

  @Column({ type: 'text' })
  file!: string;

  @Column({ type: 'integer' })
  line!: number;

  @Column({ type: 'jsonb' })
  params!: object;

  @Column({ type: 'jsonb' })
  via!: object;
}
