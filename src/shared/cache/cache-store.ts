import { KeyvAdapter } from 'cache-manager';
import { redisInsStore } from 'cache-manager-redis-yet';
import { Keyv } from 'keyv';
import type { StoreClient } from './store-client.js';

/**
 * The second tier's store. As `store:` the cache manager would silently ignore redis-yet's store, hence the adapter; Keyv's own
 * serialisation is off, since redis-yet's JSON is enough, and its errors are thrown, since an error is not a miss.
 */
export function storeOf(client: StoreClient): Keyv {
  type Client = Parameters<typeof redisInsStore>[0];
  const store = new KeyvAdapter(redisInsStore(client as unknown as Client) as never);
  const keyv = new Keyv({ store, useKeyPrefix: false, throwOnErrors: true });
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return keyv;
}
