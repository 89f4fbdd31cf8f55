import type { IncomingHttpHeaders } from 'node:http';

/** `tsk_{id}.{secret}` */
export const KEY_FORM = /^tsk_([A-Za-z0-9]{8,32})\.([A-Za-z0-9_-]{32,256})$/;

/** The key a caller sends, by `Authorization: Bearer` or `X-API-Key`; undefined when it sends none. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const named = headers['x-api-key'];
  return typeof named === 'string' ? named : undefined;
}

/** Whether what a caller sends can be a key at all: nobody needs to be asked about what can't. */
export function presentsKey(headers: IncomingHttpHeaders): boolean {
  return KEY_FORM.test(presentedKey(headers) ?? '');
}
