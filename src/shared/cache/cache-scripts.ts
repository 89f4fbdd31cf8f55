import { createHash } from 'node:crypto';
import type { RedisScript } from '../redis/redis.types.js';

/**
 * The steps that must be one step. The lock of a key holds the token of the load that may write it: whatever invalidates
 * the key deletes the lock, so the token is the fence. All keys of a script share a slot. A message is published in the
 * same step as the change it tells of, so that nobody can read the old value after having heard of the new one; and first
 * of all, also where the rest is refused or a full server breaks off: a number that is missing would count as a loss.
 *
 * Stored text begins with `{"value":["<16 characters>"`: the write's id, by which a claim sees that the value changed
 * since it was read. Redis's own clock is the only one that is compared between machines (invariant 10).
 */
const script = (source: string): RedisScript => ({ source, sha1: createHash('sha1').update(source).digest('hex') });

/** KEYS value, lock · ARGV text, milliseconds to keep, token or '' for a plain set, channel, message → 1 stored, 0 refused. */
export const STORE = script(`
redis.call('PUBLISH', ARGV[4], ARGV[5])
if ARGV[3] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
return 1`);

/** KEYS value, lock · ARGV channel, message → how many values there were. */
export const DROP = script(`
redis.call('PUBLISH', ARGV[1], ARGV[2])
local dropped = redis.call('UNLINK', KEYS[1])
redis.call('DEL', KEYS[2])
return dropped`);

/**
 * KEYS value, lock · ARGV token, lease in milliseconds, id of the value that was read, '' for none, '*' for whatever it is
 * → {1 mine | 0 held | 2 the value is another, what the lock holds, milliseconds left, time in milliseconds}
 */
export const CLAIM = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local head = redis.call('GETRANGE', KEYS[1], 11, 26)
if ARGV[3] ~= '*' and head ~= '' and head ~= ARGV[3] then return {2, '', 0, now} end
local held = redis.call('GET', KEYS[2])
if held then return {0, held, redis.call('PTTL', KEYS[2]), now} end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {1, '', 0, now}`);

/** KEYS lock · ARGV token, lease in milliseconds → 1 renewed, 0 lost. */
export const RENEW = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`);

/** KEYS lock · ARGV token, what the lock says of a failure or '', milliseconds that it says so, channel, message. */
export const RELEASE = script(`
redis.call('PUBLISH', ARGV[4], ARGV[5])
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`);

/**
 * KEYS index of the tag, time of its last invalidation · ARGV the key that is tagged, when its value is dead, now, time its
 * load began (milliseconds) → 1, or 0 when the tag was invalidated since
 *
 * The score rises each time a key is entered: an invalidation forgets only what it has read, never what was entered since.
 */
export const TAG = script(`
local dead, entered = tonumber(ARGV[2]), redis.call('ZSCORE', KEYS[1], ARGV[1])
if entered and tonumber(entered) >= dead then dead = tonumber(entered) + 1 end
redis.call('ZADD', KEYS[1], string.format('%.0f', dead), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
if last then redis.call('PEXPIREAT', KEYS[1], math.floor(last) + 1000) end
local at = redis.call('GET', KEYS[2])
if at and tonumber(at) >= tonumber(ARGV[4]) then return 0 end
return 1`);

/** KEYS index of the tag, time of its last invalidation · ARGV how long the time is remembered. */
export const UNTAG = script(`
local time = redis.call('TIME')
redis.call('SET', KEYS[2], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), 'PX', ARGV[1])
return 1`);

/** KEYS index of the tag · ARGV rank of the first, how many at most → keys that carry it, each followed by its score. */
export const TAGGED = script(`return redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1, 'WITHSCORES')`);

/** KEYS index of the tag · ARGV keys that carry it no more, each followed by the score that was read → how many were forgotten. */
export const FORGET_TAGGED = script(`
local forgotten = 0
for at = 1, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[at]) == ARGV[at + 1] then
    forgotten = forgotten + redis.call('ZREM', KEYS[1], ARGV[at])
  end
end
return forgotten`);

/**
 * KEYS value, lock · ARGV what is added, milliseconds to keep a new one, id, channel, message → the sum as text.
 * The counter has the form of any other value, and keeps the time it has left.
 */
export const INCREMENT = script(`
redis.call('PUBLISH', ARGV[4], ARGV[5])
local raw = redis.call('GET', KEYS[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local sum, left = 0, tonumber(ARGV[2])
if raw then
  local before = cjson.decode(raw).value
  local ends = before[2] + before[3]
  if type(before[6]) == 'number' and ends > now then sum, left = before[6], ends - now end
end
sum = string.format('%.17g', sum + ARGV[1])
local text = '{"value":["' .. ARGV[3] .. '",' .. string.format('%.0f', now) .. ',' .. string.format('%.0f', left) ..
  ',0,16,' .. sum .. ']}'
redis.call('SET', KEYS[1], text, 'PX', string.format('%.0f', left))
redis.call('DEL', KEYS[2])
return sum`);

/** KEYS any · ARGV channel, message → time in milliseconds. The beat by which processes hear that they still hear. */
export const BEAT = script(`
local time = redis.call('TIME')
redis.call('PUBLISH', ARGV[1], ARGV[2])
return time[1] * 1000 + math.floor(time[2] / 1000)`);
