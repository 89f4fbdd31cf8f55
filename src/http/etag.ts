import { createHash } from 'node:crypto';

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Weak entity tag of a body (RFC 9110, 8.8): 128 bits of its SHA-256. Weak, because the same tag stands for all content
 * codings of the body.
 */
export function weakEtagOf(body: Buffer): string {
  return `W/"${createHash('sha256').update(body).digest().subarray(0, 16).toString('base64url')}"`;
}

/** The tag as it may stand beside a body in another content coding: a strong one names bytes, and these are others. */
export function weakened(etag: string): string {
  return etag.startsWith('W/') ? etag : `W/${etag}`;
}

/** Whether If-None-Match names the tag, by weak comparison (RFC 9110, 13.1.2): one tag, a list, or `*` for any. */
export function namesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  const wanted = opaque(etag);
  return (ifNoneMatch.match(ENTITY_TAG) ?? []).some((tag) => opaque(tag) === wanted);
}

const opaque = (tag: string) => (tag.startsWith('W/') ? tag.slice(2) : tag);
