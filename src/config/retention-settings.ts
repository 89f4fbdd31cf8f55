import { whole } from './setting-schemas.js';
import type { Setting } from './settings.js';

const days = (name: string, help: string): Setting => ({ name, schema: whole(1, 3650, 'days'), default: '7', help });

/** How long things stay that nobody deletes. */
export const RETENTION_SETTINGS: readonly Setting[] = [
  days('RETENTION_DAYS', 'days that finished jobs stay'),
  days('CODE_RETENTION_DAYS', 'days that files sent to be analysed stay; what was found in them stays'),
];
