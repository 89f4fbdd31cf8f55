/** Suites that kill, freeze and wait most of their time: they belong to npm run test:long, and CI runs them as well. */
export const SLOW = [
  'workflow/durability',
  'platform/start-refused',
  'platform/disk-full',
  'platform/database-restart',
  'limits/fleet',
  'redis/outages',
  'cache/outages',
];
