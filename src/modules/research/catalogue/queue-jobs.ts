import type { Candidate } from '../research.types.js';
import { listed, note, npm, quoted } from './candidate-builder.js';

export const QUEUE_JOBS: readonly Candidate[] = [
  npm('queue-jobs', 'pg-boss', 'pg-boss', {
    names: ['pg-boss', 'pgboss'],
    needsServers: ['postgresql'],
    categoryNeed: quoted(1, 'README.md', 'Create jobs in an existing db transaction'),
    brings: [
      'job load joins the load of the primary database',
      'schedules (cron and recurrence rules) come with it',
      'keeps its own schema in the database and migrates it itself',
    ],
    storesPersonalData: 'job payloads in the job tables',
    notes: [note('Published as ES modules; Node.js 22.12 is its floor.', 'https://github.com/timgit/pg-boss', '>=12')],
  }),
  npm('queue-jobs', 'bullmq', 'BullMQ', {
    names: ['bullmq', 'bull mq'],
    needsOneServerOf: ['redis', 'postgresql'],
    companions: ['pg'],
    brings: ['with Redis, jobs live in a second store that is backed up and watched on its own'],
    storesPersonalData: 'job payloads in the queue store',
    notes: [
      note(
        'From 6.0.0 Redis clients and pg are optional peers and a PostgreSQL backend is shipped; up to 5.x it needs Redis.',
        'https://bullmq.io/',
        '>=6',
      ),
    ],
  }),
  npm('queue-jobs', 'graphile-worker', 'graphile-worker', {
    names: ['graphile-worker', 'graphile worker'],
    needsServers: ['postgresql'],
    categoryNeed: quoted(1, 'sql/000001.sql', 'create function :GRAPHILE_WORKER_SCHEMA.add_job('),
    brings: ['jobs can be added by SQL, also from a trigger', 'job load joins the load of the primary database'],
    storesPersonalData: 'job payloads in the job tables',
  }),
  npm('queue-jobs', 'agenda', 'Agenda', {
    names: ['agenda.js', 'agendajs'],
    needsServers: ['mongodb'],
    storesPersonalData: 'job payloads in MongoDB',
  }),
  ...listed(
    'queue-jobs',
    'python',
    [
      'celery',
      'Celery',
      { needsOneServerOf: ['redis', 'rabbitmq'], storesPersonalData: 'task arguments in the broker' },
    ],
    ['dramatiq', 'Dramatiq', { needsOneServerOf: ['redis', 'rabbitmq'] }],
    ['procrastinate', 'Procrastinate', { needsServers: ['postgresql'] }],
    ['rq', 'RQ', { names: ['python-rq', 'redis queue'], needsServers: ['redis'] }],
  ),
  ...listed(
    'queue-jobs',
    'java',
    ['org.jobrunr:jobrunr', 'JobRunr'],
    ['com.github.kagkarlsson:db-scheduler', 'db-scheduler'],
  ),
  ...listed(
    'queue-jobs',
    'go',
    ['github.com/riverqueue/river', 'River', { names: ['riverqueue'], needsServers: ['postgresql'] }],
    ['github.com/hibiken/asynq', 'Asynq', { needsServers: ['redis'] }],
  ),
];
