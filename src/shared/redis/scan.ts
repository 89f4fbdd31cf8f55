/** Keys looked at by one SCAN: well below a millisecond of the server's time. */
const COUNT = 100;

/** Walks through the keys of one server that match a glob; a key may come twice (redis.io, SCAN, "guarantees"). */
export async function scanKeys(
  send: (args: string[]) => Promise<unknown>,
  match: string,
  onBatch: (keys: string[]) => Promise<void>,
): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = (await send(['SCAN', cursor, 'MATCH', match, 'COUNT', `${COUNT}`])) as [string, string[]];
    if (keys.length > 0) await onBatch(keys);
    cursor = next;
  } while (cursor !== '0');
}
