import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE_TTLS } from '../../../src/config/settings.js';
import { STATUS } from '../../../src/http/problem.js';
import { KEY_ROLES } from '../../../src/http/request-identity.js';
import type { GapStatus } from '../../../src/modules/sessions/gaps/gap.types.js';
import { PHASES, SESSION_STATUSES } from '../../../src/modules/sessions/sessions.types.js';
import { CACHE_REGION_NAMES } from '../../../src/shared/cache/cache-regions.js';
import { JOB_QUEUES, JOB_STATUSES } from '../../../src/shared/jobs/jobs.types.js';
import { ERROR_TYPE_LABELS } from '../../../src/shared/metrics/labels.js';

const schema = readFileSync(join(process.cwd(), 'migrations', 'schema.sql'), 'utf8');

/** The words that a CHECK of the schema lets into a column. */
function allowed(constraint: string): string[] {
  const check = new RegExp(`ADD CONSTRAINT ${constraint} CHECK (.*);`).exec(schema)?.[1] ?? '';
  return [...check.matchAll(/'([^']+)'::text/g)].map(([, word]) => word ?? '');
}

/** A record, so that the compiler refuses it when a status is missing or one too many. */
const GAP_STATUSES: Readonly<Record<GapStatus, true>> = {
  decided: true,
  conflict: true,
  obsolete: true,
  partial: true,
  open: true,
  follows: true,
  'not-needed': true,
  unknown: true,
};

/** Lists that are written down twice, since a wall or a language lies between the places. */
describe('words that stand in two places are the same', () => {
  it.each([
    ['sessions_status_check', SESSION_STATUSES],
    ['sessions_phase_check', PHASES],
    ['gaps_status_check', Object.keys(GAP_STATUSES)],
    ['api_keys_role_check', KEY_ROLES],
    ['jobs_status_check', JOB_STATUSES],
    ['jobs_queue_check', JOB_QUEUES],
  ])('the column of %s', (constraint, words) => {
    expect(allowed(constraint).sort()).toEqual([...words].sort());
  });

  it('the error types of metrics are kinds of errors, and unknown is none', () => {
    const kinds = Object.keys(STATUS);
    expect(ERROR_TYPE_LABELS.filter((label) => !kinds.includes(label))).toEqual(['unknown']);
  });

  it('each region of the cache has a time to live, and no other has', () => {
    expect(CACHE_TTLS.map(({ region }) => region)).toEqual(CACHE_REGION_NAMES);
  });
});
