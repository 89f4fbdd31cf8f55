import type { Candidate } from '../research.types.js';
import { listed, note, npm, quoted } from './candidate-builder.js';

export const SCHEDULING: readonly Candidate[] = [
  npm(
    'scheduling',
    'pg-boss',
    'pg-boss schedules',
    {
      names: ['pg-boss schedules', 'pg-boss schedule', 'pg-boss cron'],
      needsServers: ['postgresql'],
      // The key under which an occurrence is filed is the same on every instance, and the queue keeps one job per key.
      categoryNeed: quoted(
        1,
        'dist/timekeeper.js',
        'The singleton key a forwarded occurrence is filed under, which is what keeps two instances',
      ),
      brings: ['no further package when pg-boss is the queue'],
    },
    'pg-boss-schedules',
  ),
  npm('scheduling', 'node-cron', 'node-cron', {
    categoryNeed: quoted(
      0.5,
      'README.md',
      '`distributed: true` ensures only one instance executes each scheduled fire. Out of the box it uses an env-var flag',
    ),
    brings: [
      'a time that passes while no process runs is missed',
      'for several processes a coordinator (Redis) or a chosen process',
    ],
  }),
  npm('scheduling', 'croner', 'Croner', {
    brings: ['a time that passes while no process runs is missed', 'each process fires for itself'],
  }),
  npm(
    'scheduling',
    'bullmq',
    'BullMQ job schedulers',
    {
      names: ['bullmq job schedulers', 'bullmq scheduler', 'bullmq repeatable jobs'],
      needsOneServerOf: ['redis', 'postgresql'],
      companions: ['pg'],
      brings: ['no further package when BullMQ is the queue'],
    },
    'bullmq-job-schedulers',
  ),
  npm(
    'scheduling',
    'graphile-worker',
    'graphile-worker crontab',
    {
      names: ['graphile-worker crontab'],
      needsServers: ['postgresql'],
      // Known schedules are rows shared by all workers; the row decides who has run last.
      categoryNeed: quoted(1, 'sql/000008.sql', 'create table :GRAPHILE_WORKER_SCHEMA.known_crontabs ('),
      brings: ['no further package when graphile-worker is the queue'],
      notes: [note('Missed times can be caught up within a stated window.', 'https://worker.graphile.org/docs/cron')],
    },
    'graphile-worker-crontab',
  ),
  ...listed(
    'scheduling',
    'python',
    ['apscheduler', 'APScheduler'],
    ['rq-scheduler', 'rq-scheduler', { needsServers: ['redis'] }],
  ),
  ...listed(
    'scheduling',
    'java',
    ['org.quartz-scheduler:quartz', 'Quartz', { names: ['quartz scheduler', 'org.quartz-scheduler:quartz'] }],
    ['com.github.kagkarlsson:db-scheduler', 'db-scheduler', { names: ['db-scheduler recurring tasks'] }],
  ),
  ...listed(
    'scheduling',
    'go',
    ['github.com/robfig/cron/v3', 'robfig cron'],
    ['github.com/go-co-op/gocron/v2', 'gocron'],
  ),
];
