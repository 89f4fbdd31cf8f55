import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Processes that serve HTTP, so that each knows its share of a limit where no Redis counts for all of them. */
export class HttpInstances1700000000002 implements MigrationInterface {
  name = 'HttpInstances1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE http_instances (
      id uuid PRIMARY KEY,
      seen_at timestamptz NOT NULL DEFAULT now()
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE http_instances');
  }
}
