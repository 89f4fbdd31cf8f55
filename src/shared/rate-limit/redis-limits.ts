import { createHash } from 'node:crypto';
import { KEY_PREFIX } from '../cache/cache-key.js';
import type { RedisService } from '../redis/redis.service.js';
import type { RedisScript } from '../redis/redis.types.js';
import type { LimitDecision, LimitRule } from './rate-limit.types.js';

/**
 * `takeFrom` of sliding-window.ts in one step, by Redis's clock: the only one that all processes share.
 * KEYS bucket · ARGV limit, window in milliseconds → admitted, remaining, milliseconds to the reset
 */
const source = `
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 's', 'b', 'c')
local start, before, current = tonumber(held[1]) or now, tonumber(held[2]) or 0, tonumber(held[3]) or 0
local passed = math.floor((now - start) / window)
if passed > 0 then
  if passed == 1 then before, start = current, start + window else before, start = 0, now end
  current = 0
end
local elapsed = math.max(0, now - start)
local used = before * (1 - elapsed / window) + current
local admitted = used + 1 <= limit + 1e-6
if admitted then
  current = current + 1
  used = used + 1
  redis.call('HSET', KEYS[1], 's', string.format('%.0f', start), 'b', before, 'c', current)
  redis.call('PEXPIRE', KEYS[1], window * 2)
end
local remaining = math.floor(math.max(0, limit - used) + 1e-6)
local reset = window - elapsed
if remaining == 0 then
  local room = limit - 1 - current
  if room >= 0 and before > 0 then reset = window * (1 - room / before) - elapsed
  else reset = window - elapsed + window * math.max(0, 1 - (limit - 1) / current) end
end
return {admitted and 1 or 0, remaining, math.max(1, math.ceil(reset))}`;
const TAKE: RedisScript = { source, sha1: createHash('sha1').update(source).digest('hex') };

/** Buckets that all processes of an installation share. */
export class RedisLimits {
  constructor(private readonly redis: RedisService) {}

  /** @throws when Redis can't say */
  async take(bucket: string, { limit, windowMs }: LimitRule): Promise<LimitDecision> {
    const args = [limit, windowMs].map(String);
    const reply = await this.redis.run((commands) => commands.script(TAKE, [`${KEY_PREFIX};limits:${bucket}`], args));
    const [admitted, remaining, resetMs] = reply as [number, number, number];
    return { admitted: admitted === 1, limit, windowMs, remaining, resetMs };
  }
}
