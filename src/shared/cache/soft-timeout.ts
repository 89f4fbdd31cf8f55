import type { FlightResult } from './flights.js';

/** What the flight gives within so many milliseconds; undefined when it is later, or fails. */
export async function firstOf(result: Promise<FlightResult>, ms: number): Promise<FlightResult | undefined> {
  const given = result.catch(() => undefined);
  if (ms <= 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([given, late]);
  } finally {
    clearTimeout(timer);
  }
}
