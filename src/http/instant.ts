import { z } from 'zod';

/** ISO 8601 with an offset, and a fraction of up to six digits as PostgreSQL keeps it. */
const FORM = z.iso.datetime({ offset: true });
const FRACTION = /\.(\d+)/;
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A moment in a query, such as `createdAfter`: becomes its text in UTC. Others than that are refused here, since PostgreSQL knows no year 0, no
 * offset above 15:59 and no year of six digits, and would fail the whole statement.
 */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be a time as 2026-01-31T12:00:00Z' })
  .refine(isInRange, 'must be a time from the year 1 to 9999')
  .transform(inUtc);

function isInRange(text: string): boolean {
  const ms = Date.parse(text);
  return !FORM.safeParse(text).success || (ms >= FIRST_MS && ms <= LAST_MS);
}

/** With the digits behind the milliseconds, which a Date would lose. */
function inUtc(text: string): string {
  const more = (FRACTION.exec(text)?.[1] ?? '').slice(3, 6);
  return new Date(text).toISOString().replace('Z', `${more}Z`);
}
