import { whole } from './setting-schemas.js';
import type { Setting } from './settings.js';

const rows = (name: string, help: string): Setting => ({
  name,
  schema: whole(1, 100_000, 'rows'),
  default: '1000',
  help,
});

/** How many rows are written at once. */
export const BULK_SETTINGS: readonly Setting[] = [
  rows('BULK_INSERT_CHUNK_SIZE', 'most rows that one statement inserts or upserts'),
  rows('BULK_UPDATE_CHUNK_SIZE', 'most rows that one statement updates or deletes'),
];
