import { CACHE_REGIONS, type CacheRegionName } from './cache-regions.js';
import type { CacheKey } from './cache.types.js';

/**
 * Prefix of all keys in Redis; its number changes with the form of what is stored, never with the release: two releases
 * that run beside each other must hear each other's invalidations.
 */
export const KEY_PREFIX = 'techspec:2';

/** Where the processes of an installation hear each other. */
export const CHANNEL = `${KEY_PREFIX}:messages`;

/** Longest key in Redis, in bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * The key in Redis: `techspec:2:{region}:{owner}:{name}`, ASCII, reversible. Undefined when it would be longer than 1 KB or
 * holds half a surrogate pair: such a key is not cached.
 */
export function textOf({ region, owner, name }: CacheKey): string | undefined {
  const part = encoded(name);
  const who = ownerOf(owner);
  if (part === undefined || who === undefined) return undefined;
  const text = `${KEY_PREFIX}:${region}:${who}:${part}`;
  return text.length <= MAX_KEY_BYTES ? text : undefined;
}

/** The key whose `textOf` is `text`; undefined for what is none of ours. */
export function keyOfText(text: string): CacheKey | undefined {
  if (!text.startsWith(`${KEY_PREFIX}:`)) return undefined;
  const [region = '', owner = '', ...name] = text.slice(KEY_PREFIX.length + 1).split(':');
  if (!Object.hasOwn(CACHE_REGIONS, region)) return undefined;
  return {
    region: region as CacheRegionName,
    owner: decodeURIComponent(owner),
    name: decodeURIComponent(name.join(':')),
  };
}

/** The lock of a key: in the same hash slot, since the part in braces is what Cluster hashes. */
export const lockOf = (text: string): string => `{${text}}:lock`;

/** Index of the keys that carry a tag, and the time of its last invalidation; both in one slot. */
export const tagKeysOf = (tag: string): readonly [index: string, invalidated: string] => {
  const name = `{${KEY_PREFIX}:tag:${encoded(tag) ?? ''}}`;
  return [`${name}:keys`, `${name}:at`];
};

/** A tag that can be stored: at most 512 bytes, no half surrogate pair. */
export const isTag = (tag: string): boolean => tag.length > 0 && (encoded(tag)?.length ?? Infinity) <= 512;

/** Glob of SCAN for what `pattern` matches: only `*` is a wildcard. Undefined when nothing can match. */
export function globOf(region: CacheRegionName, owner: string, pattern: string): string | undefined {
  const parts = pattern.split(/\*+/).map(encoded);
  const who = ownerOf(owner);
  if (who === undefined || parts.includes(undefined)) return undefined;
  return `${KEY_PREFIX}:${region}:${who}:${parts.join('*')}`;
}

/** The same for names in memory. In time linear in the name, whatever the pattern: no backtracking. */
export function wildcard(pattern: string): (name: string) => boolean {
  const parts = pattern.split(/\*+/);
  if (parts.length === 1) return (name) => name === pattern;
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  const between = parts.slice(1, -1);
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    for (const part of between) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}

/** Neither white space nor anything that a glob, a hash tag or our own form gives a meaning; a name's own colons stay readable. */
const HARMLESS = /^[\w.:/@+,=|~!$&'()<>#;-]*$/;

let lastOwner = '';
let lastEncoded: string | undefined = '';

/** Look-ups come in bursts of one owner. */
function ownerOf(owner: string): string | undefined {
  if (owner !== lastOwner) {
    lastEncoded = encoded(owner)?.replaceAll(':', '%3A');
    lastOwner = owner;
  }
  return lastEncoded;
}

function encoded(text: string): string | undefined {
  if (HARMLESS.test(text)) return text;
  try {
    return encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('*', '%2A');
  } catch {
    return undefined;
  }
}
